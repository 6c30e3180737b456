import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { writeTerminationMessage } from "../../../functions/lib/disk/termination-message.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";

test("writes the message to the file that the kubelet created", async (t) => {
  const file = join(await makeTempFolder(t), "termination-log");
  await writeFile(file, "");
  await writeTerminationMessage("The file x.sh is not there.", file);
  assert.equal(await readFile(file, "utf8"), "The file x.sh is not there.");
});

test("respects the kubelet's limit, and does not split a character", async (t) => {
  const file = join(await makeTempFolder(t), "termination-log");
  await writeFile(file, "");
  await writeTerminationMessage(`x${"ü".repeat(5000)}`, file);
  const bytes = await readFile(file);
  assert.ok(bytes.length > 4090 && bytes.length <= 4096, `${bytes.length} bytes`);
  assert.match(bytes.toString("utf8"), /^xü+…$/);
});

test("creates no such file outside a pod", async (t) => {
  const file = join(await makeTempFolder(t), "termination-log");
  await writeTerminationMessage("x", file);
  await assert.rejects(access(file), { code: "ENOENT" });
});
