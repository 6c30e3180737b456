import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openFilesFolder } from "../../../functions/lib/disk/files-folder.ts";
import { deliverFiles } from "../../../functions/lib/files/deliver-files.ts";
import { orderOf } from "../../doubles/fetch-order.ts";
import { makeMemorySink } from "../../doubles/memory-sink.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";

const deliver = async (folder: string, files: readonly string[]) => {
  const sink = makeMemorySink();
  const ports = { keptn: openFilesFolder(folder), sink, log: () => undefined };
  return { delivery: await deliverFiles(orderOf({ files }), ports), files: Object.fromEntries(sink.files) };
};

const makeFolder = async (folder: string, files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
};

test("gives a local run the files that Keptn would give it", async (t) => {
  const folder = await makeTempFolder(t);
  await makeFolder(folder, {
    "job/config.yaml": "c",
    "a b/ü.txt": "1",
    ".git/HEAD": "x",
    ".github/w.yml": "x",
    run: "r",
  });
  const { files } = await deliver(folder, ["/"]);
  assert.deepEqual(files, { "a b/ü.txt": "1", "job/config.yaml": "c", run: "r" });
});

test("gives single files and folders", async (t) => {
  const folder = await makeTempFolder(t);
  await makeFolder(folder, { "helm/Chart.yaml": "1", "helm/t/a": "2", helmfile: "3", x: "4" });
  const { files } = await deliver(folder, ["/helm", "x"]);
  assert.deepEqual(files, { "helm/Chart.yaml": "1", "helm/t/a": "2", x: "4" });
});

test("names a missing file", async (t) => {
  const folder = await makeTempFolder(t);
  const { delivery } = await deliver(folder, ["x.sh"]);
  assert.equal(delivery.kind, "refused");
});

test("reads nothing through a symlink", async (t) => {
  const folder = await makeTempFolder(t);
  const outside = await makeTempFolder(t);
  await makeFolder(outside, { secret: "s" });
  await symlink(outside, join(folder, "dir"));
  await symlink(join(outside, "secret"), join(folder, "link"));
  for (const name of ["link", "dir", "dir/secret", "/"]) {
    await assert.rejects(deliver(folder, [name]), /is a symlink; symlinks are not followed/, name);
  }
});

test("reports a missing folder", async (t) => {
  const folder = join(await makeTempFolder(t), "no");
  await assert.rejects(deliver(folder, ["x"]), /Cannot read .*no: it does not exist/);
});
