// The names under which the command is found, and the version that people read about.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { sectionsOf } from "../../build/release/changelog.ts";
import manifest from "../../package.json" with { type: "json" };
import { makeTempFolder } from "../doubles/temp-folder.ts";

const deadlineMs = 60_000;

test("CHANGELOG has the version of the package, with nothing newer than what comes next", () => {
  const names = sectionsOf(readFileSync("CHANGELOG.md", "utf8")).map(({ name }) => name);
  assert.equal(
    names.find((name) => name !== "Unreleased"),
    manifest.version,
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
  // Both turn the dashes of a command into underscores: knative/client, pkg/plugin/manager.go, convertDashToUnderscore.
  test("is found by kubectl and kn as a plugin too, as `kubectl job-executor` and `kn job-executor`", () => {
    const names = ["kubectl", "kn"].map((program) => `${program}-${"job-executor".replaceAll("-", "_")}`);
    assert.deepEqual(Object.keys(manifest.bin), ["job-executor", ...names]);
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
