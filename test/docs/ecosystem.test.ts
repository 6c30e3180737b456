// What other places read of this project is right: Artifact Hub's metadata, and the names under which the command is found.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };
import { makeTempFolder } from "../doubles/temp-folder.ts";

const deadlineMs = 60_000;
const folder = "docs/artifacthub";
const read = (file: string) => parse(readFileSync(join(folder, file), "utf8"));

describe("Artifact Hub's metadata", () => {
  const metadata = read("artifacthub-pkg.yml");
  test("has all that is required", () => {
    for (const name of ["version", "name", "displayName", "createdAt", "description"])
      assert.ok(typeof metadata[name] === "string" && metadata[name] !== "", name);
    assert.match(metadata.name, /^[a-z\d-]+$/);
    assert.ok(!Number.isNaN(Date.parse(metadata.createdAt)));
  });
  test("says the same as package.json", () => {
    const { version, appVersion, name, license, keywords } = metadata;
    assert.deepEqual(
      { version, appVersion, name, license },
      { version: manifest.version, appVersion: manifest.version, name: manifest.name, license: manifest.license },
    );
    assert.deepEqual(
      manifest.keywords.filter((word) => !keywords.includes(word)),
      [],
    );
  });
  test("has kinds that Artifact Hub knows, a logo that is there, and a file for the repository", () => {
    const known = "webhook testing deployment notification observability remediation sli-provider finops security";
    const kinds: readonly string[] = metadata.annotations["keptn/kind"].split(",");
    assert.deepEqual(
      kinds.filter((kind) => !known.split(" ").includes(kind)),
      [],
    );
    assert.ok(existsSync(join(folder, metadata.logoPath)));
    assert.ok(Array.isArray(read("artifacthub-repo.yml").owners));
  });
});

test("CHANGELOG has the version of the package", () => {
  assert.match(
    readFileSync("CHANGELOG.md", "utf8"),
    new RegExp(`^## ${manifest.version.replaceAll(".", "\\.")}\\b`, "m"),
  );
});

/** A link on the PATH, as npm makes one for each name. */
const runAs = async (name: string, path: string, args: readonly string[], options = ""): Promise<string> => {
  const PATH = [path, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const child = spawn(name, args, {
    env: { ...process.env, PATH, NODE_OPTIONS: options, NODE_TEST_CONTEXT: undefined },
    timeout: deadlineMs,
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  assert.equal(code, 0);
  return printed;
};

describe("the command", () => {
  test("is found by kubectl as a plugin too", () => {
    assert.deepEqual(Object.keys(manifest.bin), ["job-executor", "kubectl-job_executor"]);
  });
  for (const [name, file] of Object.entries(manifest.bin)) {
    test(`${name} runs from the PATH`, async (context) => {
      const path = await makeTempFolder(context);
      symlinkSync(resolve(file), join(path, name));
      assert.equal(await runAs(name, path, ["--version"]), `${manifest.version}\n`);
    });
  }
  test("hands over to the Node of npm ci where the one on the PATH is too old for the sources", async (context) => {
    const path = await makeTempFolder(context);
    symlinkSync(resolve(manifest.bin["job-executor"] ?? ""), join(path, "job-executor"));
    // The first process believes that it is old, and cannot load the sources.
    const old = `if (process.argv[1].endsWith("job-executor")) {
      Object.defineProperty(process.versions, "node", { value: "20.0.0" });
      process.getBuiltinModule("node:module").registerHooks({
        load: (url, context, next) => {
          if (url.endsWith(".ts")) throw new Error("too old for " + url);
          return next(url, context);
        },
      });
    }`;
    const printed = await runAs(
      "job-executor",
      path,
      ["--version"],
      `--import=data:text/javascript,${encodeURIComponent(old)}`,
    );
    assert.equal(printed, `${manifest.version}\n`);
  });
});
