import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { fetchFilesContract, filesShipyard } from "../contract/fetch-files.contract.ts";
import { makeUser } from "../contract/keptn-user.ts";
import { runFetchFiles } from "../contract/run-fetch-files.ts";
import { orderOf } from "../doubles/fetch-order.ts";
import { makeTempFolder, readTree } from "../doubles/temp-folder.ts";

const openKeptn = async () => {
  const { KEPTN_ENDPOINT: endpoint, KEPTN_API_TOKEN: token } = process.env;
  assert.ok(endpoint && token, "Set KEPTN_ENDPOINT (up to /api) and KEPTN_API_TOKEN.");
  return { endpoint, token, close: async () => {} };
};

fetchFilesContract("a real Keptn", openKeptn);

const makeChart = async (folder: string): Promise<Buffer> => {
  await mkdir(join(folder, "carts"));
  await writeFile(join(folder, "carts/Chart.yaml"), "name: carts\n");
  await promisify(execFile)("tar", ["czf", join(folder, "carts.tgz"), "-C", folder, "carts"]);
  return readFile(join(folder, "carts.tgz"));
};

test("a Helm chart is fetched packed or unpacked, as Keptn stores it", async (t) => {
  const keptn = await openKeptn();
  const user = makeUser(keptn);
  const at = { project: `files-${randomUUID().slice(0, 8)}`, stage: "dev", service: "carts" };
  await user.createProject(at.project, filesShipyard);
  t.after(() => user.deleteProject(at.project));
  await user.createService(at.project, at.service);
  const chart = await makeChart(await makeTempFolder(t));
  const gitcommitid = await user.addFiles(at, { "helm/carts.tgz": chart });
  const folder = await makeTempFolder(t);
  const order = orderOf({ ...at, gitcommitid, files: ["helm", "helm/carts.tgz"] });
  const { exitCode, stderr } = await runFetchFiles({ order, keptn, folder });
  assert.equal(exitCode, 0, stderr);
  const files = await readTree(folder);
  assert.equal(files["helm/carts/Chart.yaml"], "name: carts\n");
  assert.equal(files["helm/carts.tgz"]?.slice(0, 2), "\x1f\x8b");
});
