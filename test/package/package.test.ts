// What `npm pack` makes: the command, installed in an empty folder from the tarball alone, under each Node that people have.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
/** The oldest that works, and each long-term release after it. */
const versions = ["20", "22", "24"];
const most = 3 * 1024 * 1024;

describe("the package that npm pack makes", { timeout: 600_000 }, () => {
  let folder: string;
  let installed: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "package-"));
    const env = { ...process.env, GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "owner/name" };
    await run("npm", ["pack", "--pack-destination", folder], { env });
    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? assert.fail("no tarball");
    await writeFile(join(folder, "package.json"), '{"private": true}');
    await run("npm", ["install", "--offline", join(folder, tarball)], { cwd: folder });
    installed = join(folder, "node_modules", "job-executor-functions");
    const { size } = await stat(join(folder, tarball));
    process.stderr.write(`${tarball}: ${size} bytes\n`);
  });
  after(() => rm(folder, { recursive: true }));

  it("leaves the checkout's own manifest as it was", async () => {
    assert.ok(JSON.parse(await readFile("package.json", "utf8")).devDependencies);
  });

  it("needs no other package, and has no sources that would have to be compiled", async () => {
    const modules = await readdir(join(folder, "node_modules"));
    assert.deepEqual(
      modules.filter((name) => !name.startsWith(".")),
      ["job-executor-functions"],
    );
    const files = await readdir(installed, { recursive: true });
    assert.deepEqual(
      files.filter((name) => name.endsWith(".ts")),
      [],
    );
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    assert.equal(manifest.private, undefined);
    assert.equal(manifest.scripts, undefined);
    assert.equal(manifest.repository.url, "git+https://github.com/owner/name.git"); // where its provenance is from
  });

  it("has its bill of materials", async () => {
    const { metadata, components } = JSON.parse(await readFile(join(installed, "dist/cli/sbom.cdx.json"), "utf8"));
    assert.equal(metadata.component.purl, `pkg:npm/job-executor-functions@${metadata.component.version}`);
    assert.ok(components.some(({ name }: { name: string }) => name === "commander"));
  });

  it("is smaller than 3 MB unpacked", async () => {
    const entries = await readdir(installed, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const bytes = (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
    process.stderr.write(`unpacked: ${bytes} bytes in ${files.length} files\n`);
    assert.ok(bytes < most, `${bytes} bytes`);
  });

  for (const version of versions) {
    describe(`under Node ${version}`, () => {
      let command: (...args: readonly string[]) => Promise<{ stdout: string; stderr: string }>;
      const hello = "node_modules/job-executor-functions/docs/examples/hello";

      before(async () => {
        const node = await nodeOf(version);
        const bin = join("node_modules", ".bin", "job-executor");
        command = (...args) =>
          run(node, [bin, ...args], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder } });
      });

      it("lints and plans", async () => {
        await command("lint", `${hello}/job/config.yaml`);
        const plan = [
          "plan",
          "--config",
          `${hello}/job/config.yaml`,
          "--event",
          `${hello}/event.json`,
          "--output",
          "yaml",
        ];
        assert.match((await command(...plan)).stdout, /kind: Job/);
      });

      it("runs the quickstart", async () => {
        const what = ["--config", `${hello}/job/config.yaml`, "--event", `${hello}/event.json`, "--files", hello];
        const { stdout } = await command("run", "--runtime", "process", ...what);
        const events = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
        assert.deepEqual(
          events.map(({ type, data }) => [type.split(".").at(-1), data.result]),
          [
            ["started", undefined],
            ["finished", "pass"],
          ],
        );
      });

      it("finds the manifests that it brings along", async () => {
        await writeFile(join(folder, "values.yaml"), "subscription: {pubsubTopic: sh.keptn.event.test.triggered}\n");
        const { stdout } = await command("migrate", "--values", "values.yaml");
        assert.match(stdout, /node_modules\/job-executor-functions\/manifests/);
      });

      it("speaks to a cluster", async () => {
        await writeFile(join(folder, "kubeconfig"), nowhere);
        await assert.rejects(command("runs", "--kubeconfig", "kubeconfig"), ({ code, stderr }) => {
          assert.match(stderr, /127\.0\.0\.1:9/);
          return code === 3;
        });
      });
    });
  }

  const nodeOf = async (version: string): Promise<string> => {
    const place = join(folder, `node-${version}`);
    await mkdir(place);
    await writeFile(join(place, "package.json"), '{"private": true}');
    await cp(".npmrc", join(place, ".npmrc"));
    await run("npm", ["install", `node@${version}`], { cwd: place });
    return join(place, "node_modules", "node", "bin", "node");
  };
});

const nowhere = `apiVersion: v1
kind: Config
current-context: none
contexts: [{name: none, context: {cluster: none, user: none}}]
clusters: [{name: none, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: none, user: {token: none}}]
`;
