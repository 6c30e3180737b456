// `job-executor migrate --output`: where it writes, and that it never overwrites somebody's changes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { makeTempFolder } from "../../doubles/temp-folder.ts";

const main = resolve("functions/cli/main.ts");

const run = async (cwd: string, ...args: string[]): Promise<{ code: number; stderr: string }> => {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [main, "migrate", ...args], { cwd, env });
    return { code: 0, stderr };
  } catch (fault) {
    return fault as { code: number; stderr: string };
  }
};

test("writes an overlay that refers to the manifests, even through links, and never overwrites it", async (context) => {
  const folder = await makeTempFolder(context);
  await writeFile(join(folder, "values.yaml"), "replicaCount: 2\n");
  await symlink(folder, join(folder, "link"));
  const args = ["--values", "values.yaml", "--output", "link/overlays/mine"];
  const first = await run(folder, ...args);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /kubectl apply -k link\/overlays\/mine/);
  const text = await readFile(join(folder, "overlays/mine/kustomization.yaml"), "utf8");
  const base = await realpath(join(await realpath(join(folder, "overlays/mine")), parse(text).resources[0]));
  assert.equal(base, await realpath("manifests/base"));
  await writeFile(join(folder, "overlays/mine/kustomization.yaml"), "# mine\n");
  const second = await run(folder, ...args);
  assert.equal(second.code, 2);
  assert.match(second.stderr, /already exists\. Remove it, or choose another folder\./);
  assert.equal(await readFile(join(folder, "overlays/mine/kustomization.yaml"), "utf8"), "# mine\n");
});
