import assert from "node:assert/strict";
import { mkdir, readdir, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openTargetFolder } from "../../../functions/lib/disk/target-folder.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { makeTempFolder, readTree } from "../../doubles/temp-folder.ts";

async function* chunks(...parts: (string | Error)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part, "latin1");
  }
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("writes files that any user can read, with executable scripts and open folders", async (t) => {
  const folder = await makeTempFolder(t);
  const target = await openTargetFolder(folder, "detect");
  assert.equal(await target.write("a/b/run.sh", chunks("#", "!/bin/sh\n", "exit 0")), 16);
  await target.write("a/data", chunks("x"));
  await target.close();
  assert.deepEqual(await Promise.all(["a", "a/b", "a/b/run.sh", "a/data"].map((path) => modeOf(join(folder, path)))), [
    "777",
    "777",
    "777",
    "666",
  ]);
  assert.deepEqual(await readdir(folder), ["a"]);
});

test("makes every file executable when the order says so", async (t) => {
  const folder = await makeTempFolder(t);
  await (await openTargetFolder(folder, "all")).write("data", chunks("x"));
  assert.equal(await modeOf(join(folder, "data")), "777");
});

test("keeps every byte and every valid name", async (t) => {
  const folder = await makeTempFolder(t);
  const target = await openTargetFolder(folder, "detect");
  const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  const names = ["a b", "50%+1", "ümläut/日本", "-rf", "*", "a'b\"c", "x\ny", "empty"];
  for (const name of names) await target.write(name, chunks(name === "empty" ? "" : bytes));
  await target.close();
  assert.deepEqual(
    await readTree(folder),
    Object.fromEntries(names.sort().map((name) => [name, name === "empty" ? "" : bytes])),
  );
});

test("leaves nothing of an interrupted file, and keeps the previous content", async (t) => {
  const folder = await makeTempFolder(t);
  const target = await openTargetFolder(folder, "detect");
  await target.write("a", chunks("before"));
  await assert.rejects(target.write("a", chunks("af", new Error("line lost"))), /line lost/);
  await assert.rejects(target.write("b", chunks("x", new Error("line lost"))), /line lost/);
  await target.close();
  assert.deepEqual(await readTree(folder), { a: "before" });
});

test("recognizes what an earlier attempt completed, and removes the rest", async (t) => {
  const folder = await makeTempFolder(t);
  await (await openTargetFolder(folder, "detect")).write("a/b", chunks("12345"));
  await writeFile(join(folder, ".fetch-files", "7"), "part");
  const target = await openTargetFolder(folder, "detect");
  assert.deepEqual(await Promise.all(["a/b", "a", "a/b/c", "no"].map((path) => target.sizeOf(path))), [
    5,
    undefined,
    undefined,
    undefined,
  ]);
  await target.close();
  assert.deepEqual(await readTree(folder), { "a/b": "12345" });
});

test("does not write through a symlink, and replaces a symlink in a file's place", async (t) => {
  const folder = await makeTempFolder(t);
  const outside = await makeTempFolder(t);
  await writeFile(join(outside, "kept"), "kept");
  await symlink(outside, join(folder, "way-out"));
  await symlink(join(outside, "kept"), join(folder, "link"));
  const target = await openTargetFolder(folder, "detect");
  await assert.rejects(target.write("way-out/x", chunks("evil")), /way-out is a symlink/);
  await target.write("link", chunks("new"));
  assert.deepEqual(await readTree(outside), { kept: "kept" });
  await assert.rejects(readlink(join(folder, "link")), { code: "EINVAL" });
});

test("reports a name that is both a file and a folder", async (t) => {
  const folder = await makeTempFolder(t);
  const target = await openTargetFolder(folder, "detect");
  await target.write("a", chunks("x"));
  await target.write("f/x", chunks("x"));
  await assert.rejects(target.write("a/b", chunks("x")), /\/a is a file, but must be a folder/);
  await assert.rejects(target.write("f", chunks("x")), /Cannot write f in .*: a folder with this name exists/);
});

test("reports a folder that is not writable", async (t) => {
  const folder = await makeTempFolder(t);
  await writeFile(join(folder, "file"), "");
  await assert.rejects(openTargetFolder(join(folder, "file"), "detect"), (error) => {
    assert.ok(error instanceof IoError);
    assert.match(error.message, /Cannot write .*file: a part of its path is a file/);
    return !error.retryable;
  });
});

const segment = fc.oneof(
  fc.constantFrom("..", ".", "", "a", "~", "\\", "\0", "way-out", ".fetch-files"),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const anyName = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));

test("writes nothing outside its folder, whatever the name", async (t) => {
  const root = await makeTempFolder(t);
  const folder = join(root, "a/b/c/keptn");
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, "outside"));
  await symlink(join(root, "outside"), join(folder, "way-out"));
  const target = await openTargetFolder(folder, "detect");
  const around = ["", "a", "a/b", "a/b/c", "outside"];
  const alone = [["a", "outside"], ["b"], ["c"], ["keptn"], []];
  let written = 0;
  await fc.assert(
    fc.asyncProperty(anyName, async (name) => {
      await target.write(name, chunks("x")).then(() => {
        written += 1;
      }, onlyIoError);
      assert.deepEqual(await Promise.all(around.map((path) => readdir(join(root, path)))), alone);
    }),
    { numRuns: 500 },
  );
  assert.ok(written > 20, `only ${written} names were taken`);
  await target.close();
  assert.deepEqual((await readdir(folder)).includes(".fetch-files"), false);
});

const onlyIoError = (error: unknown): void => assert.ok(error instanceof IoError, String(error));
