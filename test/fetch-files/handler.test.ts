import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchFiles } from "../../functions/fetch-files/handler.ts";
import { openTargetFolder } from "../../functions/lib/disk/target-folder.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { orderOf } from "../doubles/fetch-order.ts";
import { type FilesContent, makeFilesDouble } from "../doubles/keptn-files.ts";
import { makeTempFolder, readTree } from "../doubles/temp-folder.ts";

const begin = (folder: string, content: FilesContent) => {
  const keptn = makeFilesDouble(content);
  const lines: string[] = [];
  const fetch = (order: string | undefined) =>
    fetchFiles(order, {
      connect: () => keptn,
      openTarget: ({ executable }) => openTargetFolder(folder, executable),
      log: (line) => lines.push(line),
    });
  return { keptn, lines, fetch };
};

const orderText = (files: readonly string[]) => JSON.stringify(orderOf({ files }));

test("fetches what the order names, and nothing else", async (t) => {
  const folder = await makeTempFolder(t);
  const { lines, fetch } = begin(folder, { service: { "a/run.sh": "#!/bin/sh", b: "x" }, stage: { c: "cc" } });
  assert.deepEqual(await fetch(orderText(["a", "c"])), { exitCode: 0 });
  assert.deepEqual(await readTree(folder), { "a/run.sh": "#!/bin/sh", c: "cc" });
  assert.equal(lines.at(-1), "2 files, 11 B in total");
});

test("fails with the author's faults, each with what to do about it", async (t) => {
  const { fetch } = begin(await makeTempFolder(t), { service: { b: "x" } });
  const { exitCode, message } = await fetch(orderText(["b", "x.sh", "y.sh"]));
  assert.equal(exitCode, 1);
  assert.match(message ?? "", /x\.sh is not .*looked in .*\. Add it .*\n.*y\.sh is not /);
});

test("fails with what the world did", async (t) => {
  const { keptn, fetch } = begin(await makeTempFolder(t), {});
  keptn.fault = () => {
    throw new IoError("Keptn GET resource-service: ECONNREFUSED.", { retryable: true });
  };
  const { exitCode, message } = await fetch(orderText(["x"]));
  assert.equal(exitCode, 3);
  assert.match(message ?? "", /^Keptn GET .*ECONNREFUSED.* Tried for 0 s/);
});

test("fails without a good order, before it asks or writes anything", async (t) => {
  const folder = await makeTempFolder(t);
  const { keptn, fetch } = begin(folder, {});
  for (const order of [undefined, "", "{}"]) assert.equal((await fetch(order)).exitCode, 2);
  assert.deepEqual([keptn.asked, await readTree(folder)], [[], {}]);
});

test("leaves no parts behind, however it ends", async (t) => {
  const folder = await makeTempFolder(t);
  const { keptn, fetch } = begin(folder, { service: { a: "0123456789" } });
  keptn.fault = (question) => {
    if (question.startsWith("read")) throw new IoError("broke off", { retryable: false });
  };
  assert.equal((await fetch(orderText(["a"]))).exitCode, 3);
  assert.deepEqual(await readTree(folder), {});
});

test("a bug is not mistaken for a fault of the world", async (t) => {
  const { keptn, fetch } = begin(await makeTempFolder(t), {});
  keptn.fault = () => {
    throw new TypeError("undefined is not a function");
  };
  await assert.rejects(fetch(orderText(["x"])), TypeError);
});

test("an order without files needs nothing of Keptn", async (t) => {
  const { keptn, fetch } = begin(await makeTempFolder(t), {});
  assert.deepEqual(await fetch(orderText([])), { exitCode: 0 });
  assert.deepEqual(keptn.asked, []);
});
