import assert from "node:assert/strict";
import { test } from "node:test";
import type { FetchOrder } from "../../../functions/lib/core/files/fetch-order.ts";
import { deliverFiles } from "../../../functions/lib/files/deliver-files.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { orderOf } from "../../doubles/fetch-order.ts";
import { type FilesContent, makeFilesDouble } from "../../doubles/keptn-files.ts";
import { makeMemorySink } from "../../doubles/memory-sink.ts";

const begin = (content: FilesContent, there: Record<string, string> = {}) => {
  const keptn = makeFilesDouble(content);
  const sink = makeMemorySink(there);
  const lines: string[] = [];
  const deliver = (order: Partial<FetchOrder>) =>
    deliverFiles(orderOf(order), { keptn, sink, log: (line) => lines.push(line), firstPauseMs: 1 });
  return { keptn, sink, lines, deliver };
};

const problemsOf = async (delivery: ReturnType<ReturnType<typeof begin>["deliver"]>) => {
  const result = await delivery;
  assert.equal(result.kind, "refused");
  return result.kind === "refused" ? result.problems : [];
};

const down = () => {
  throw new IoError("Keptn GET x: ECONNREFUSED.", { retryable: true });
};

test("delivers files and folders, overlapping entries once", async () => {
  const { keptn, sink, deliver } = begin({ service: { "a/1": "one", "a/b/2": "two", c: "three", d: "four" } });
  const delivery = await deliver({ files: ["a", "/a/", "a/1", "c", "/c"] });
  assert.deepEqual(delivery, { kind: "delivered", count: 3, bytes: 11 });
  assert.deepEqual(Object.fromEntries(sink.files), { "a/1": "one", "a/b/2": "two", c: "three" });
  assert.equal(keptn.asked.filter((question) => question.startsWith("open")).length, 3);
  assert.equal(keptn.asked.filter((question) => question.startsWith("list")).length, 1);
});

test("delivers everything for an empty entry", async () => {
  const { sink, deliver } = begin({ service: { "a/1": "one", c: "three" }, stage: { s: "not asked for" } });
  await deliver({ files: [""] });
  assert.deepEqual([...sink.files.keys()].sort(), ["a/1", "c"]);
});

test("takes each entry from the first level that has it", async () => {
  const { sink, deliver } = begin({
    service: { both: "service" },
    stage: { both: "stage", "folder/x": "stage", "folder/y": "stage" },
    project: { both: "project", "folder/z": "project", deep: "project" },
  });
  await deliver({ files: ["both", "folder", "deep"] });
  assert.deepEqual(Object.fromEntries([...sink.files].sort()), {
    both: "service",
    deep: "project",
    "folder/x": "stage",
    "folder/y": "stage",
  });
});

test("delivers a file of the event's commit, although HEAD no longer has it", async () => {
  const { sink, deliver } = begin({ service: { old: "as it was" }, head: { service: ["new"] } });
  await deliver({ files: ["old"] });
  assert.deepEqual(Object.fromEntries(sink.files), { old: "as it was" });
});

test("leaves out files that were added to a folder after the event's commit", async () => {
  const { sink, deliver } = begin({ service: { "f/old": "1" }, head: { service: ["f/old", "f/new"] } });
  assert.deepEqual(await deliver({ files: ["f"] }), { kind: "delivered", count: 1, bytes: 1 });
  assert.deepEqual([...sink.files.keys()], ["f/old"]);
});

test("falls back to the next level when the event's commit had no such folder", async () => {
  const { sink, deliver } = begin({ stage: { "f/x": "stage" }, head: { service: ["f/new"] } });
  await deliver({ files: ["f/"] });
  assert.deepEqual(Object.fromEntries(sink.files), { "f/x": "stage" });
});

test("finds a file that Keptn does not list, such as .gitignore", async () => {
  const { sink, deliver } = begin({ service: { ".gitignore": "dist" } });
  await deliver({ files: [".gitignore"] });
  assert.equal(sink.files.get(".gitignore"), "dist");
});

test("names all missing entries after trying every level", async () => {
  const { deliver } = begin({ service: { a: "1" } });
  const problems = await problemsOf(deliver({ files: ["a", "x.sh", "lib/"] }));
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ["missing-file", "missing-file"],
  );
  assert.match(problems[0]?.message ?? "", /x\.sh .*service carts.*stage dev.*project sockshop/);
  assert.match(problems[1]?.message ?? "", /folder lib /);
});

test("sends Keptn no request for an unsafe name", async () => {
  const { keptn, deliver } = begin({});
  const problems = await problemsOf(deliver({ files: ["ok", "../../etc/passwd"] }));
  assert.match(problems[0]?.message ?? "", /\.\.\/\.\.\/etc\/passwd/);
  assert.deepEqual(keptn.asked, []);
});

test("writes no file of a folder in which Keptn lists an unsafe name", async () => {
  const { sink, deliver } = begin({ service: { "f/ok": "1", "f/../../evil": "2" } });
  const problems = await problemsOf(deliver({ files: ["f"] }));
  assert.match(problems[0]?.message ?? "", /f\/\.\.\/\.\.\/evil/);
  assert.deepEqual([...sink.files.keys()], []);
});

const limits = { fileBytes: 10, totalBytes: 15, count: 3 };

test("refuses a file over the limit, with its name and the setting", async () => {
  const { sink, deliver } = begin({ service: { big: "x".repeat(11) } });
  const [problem] = await problemsOf(deliver({ files: ["big"], limits }));
  assert.match(`${problem?.message} ${problem?.fix}`, /big is larger than 10 B.*FILES_MAX_FILE_SIZE/);
  assert.equal(sink.files.size, 0);
});

test("refuses files that exceed the volume together, with the setting", async () => {
  const { deliver } = begin({ service: { a: "x".repeat(10), b: "x".repeat(6) } });
  const [problem] = await problemsOf(deliver({ files: ["/"], limits }));
  assert.match(`${problem?.message} ${problem?.fix}`, /larger than 15 B, the size of \/keptn.*FILES_VOLUME_SIZE/);
});

test("accepts files of exactly the limits", async () => {
  const { deliver } = begin({ service: { a: "x".repeat(10), b: "x".repeat(5), c: "" } });
  assert.deepEqual(await deliver({ files: ["/"], limits }), { kind: "delivered", count: 3, bytes: 15 });
});

test("refuses more files than the limit, in one folder or in several entries", async () => {
  const service = { a: "", b: "", c: "", d: "" };
  const [ofFolder] = await problemsOf(begin({ service }).deliver({ files: ["/"], limits }));
  const [ofEntries] = await problemsOf(begin({ service }).deliver({ files: ["a", "b", "c", "d"], limits }));
  for (const problem of [ofFolder, ofEntries])
    assert.match(`${problem?.message} ${problem?.fix}`, /4 .*3.*FILES_MAX_COUNT/);
});

test("retries while Keptn is away, and counts an interrupted file once", async () => {
  const { keptn, sink, lines, deliver } = begin({ service: { a: "0123456789", b: "" } });
  const broken = new Set(["list service", "open service a", "read service a", "open service b"]);
  keptn.fault = (question) => {
    if (broken.delete(question)) down();
  };
  const delivery = await deliver({ files: ["/"], limits, graceSeconds: 60 });
  assert.deepEqual(delivery, { kind: "delivered", count: 2, bytes: 10 });
  assert.equal(sink.files.get("a"), "0123456789");
  assert.ok(lines.some((line) => /ECONNREFUSED.*Trying again/.test(line)));
});

test("gives up after the retry period, and says how long it tried", async () => {
  const { keptn, deliver } = begin({ service: { a: "1" } });
  keptn.fault = down;
  await assert.rejects(deliver({ files: ["a"] }), (error: IoError) => {
    assert.match(error.message, /ECONNREFUSED.*Tried for 0 s \(FILES_GRACE_SECONDS\)/);
    return error.retryable;
  });
});

test("does not retry what Keptn refuses for good, or with an invalid token", async () => {
  for (const httpStatus of [400, 401, 403]) {
    const { keptn, deliver } = begin({});
    keptn.fault = () => {
      throw new IoError(`Keptn GET x: ${httpStatus}.`, { retryable: httpStatus === 401, httpStatus });
    };
    await assert.rejects(deliver({ files: ["a", "b"], graceSeconds: 60 }), new RegExp(String(httpStatus)));
    assert.deepEqual(keptn.asked, ["list service"]);
  }
});

test("starts nothing new after a failure, and leaves nothing running", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
  const { keptn, sink, deliver } = begin({ service: Object.fromEntries(names.map((name) => [name, "x"])) });
  keptn.fault = (question) => {
    if (question === "open service f3") throw new IoError("refused", { retryable: false });
  };
  await assert.rejects(deliver({ files: ["/"] }), /refused/);
  const [asked, written] = [keptn.asked.length, sink.files.size];
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([keptn.asked.length, sink.files.size], [asked, written]);
  assert.ok(asked < 20, `${asked} questions`);
});

test("continues where an earlier attempt stopped", async () => {
  const { keptn, sink, lines, deliver } = begin({ service: { a: "1", b: "22" } }, { a: "1" });
  assert.deepEqual(await deliver({ files: ["/"] }), { kind: "delivered", count: 2, bytes: 3 });
  assert.deepEqual(keptn.asked, ["list service", "open service b"]);
  assert.equal(sink.files.get("b"), "22");
  assert.ok(lines.some((line) => /^a: 1 B, already there/.test(line)));
});

test("logs the size and the origin of each file", async () => {
  const { lines, deliver } = begin({ service: { "a b.txt": "x".repeat(2048) }, project: { z: "1" } });
  await deliver({ files: ["a b.txt", "z"] });
  assert.deepEqual(lines.sort(), ['"a b.txt": 2 KiB, from the service', "z: 1 B, from the project"]);
});
