import assert from "node:assert/strict";
import { test } from "node:test";
import type { FetchOrder } from "../../../functions/lib/core/files/fetch-order.ts";
import { wantsSnapshot } from "../../../functions/lib/core/files/snapshot.ts";
import type { ConfigMap, Job } from "../../../functions/lib/core/kubernetes.ts";
import { keepSnapshots, takeSnapshots } from "../../../functions/lib/files/snapshot.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { makeFetchJob } from "../../doubles/fetch-job.ts";
import { orderOf } from "../../doubles/fetch-order.ts";
import { type FilesContent, makeFilesDouble } from "../../doubles/keptn-files.ts";

const begin = (content: FilesContent) => {
  const keptn = makeFilesDouble(content);
  const lines: string[] = [];
  const take = (...jobs: readonly Job[]) =>
    takeSnapshots(jobs, { connectFiles: () => keptn, log: (line) => lines.push(line) });
  return { keptn, lines, take };
};

const limits = { fileBytes: 5e6, totalBytes: 5e6, count: 1000 };
const jobOf = (order: Partial<FetchOrder>, name?: string) => makeFetchJob(orderOf({ limits, ...order }), name);

const taken = async (taking: ReturnType<typeof takeSnapshots>) => {
  const result = await taking;
  assert.equal(result.kind, "taken");
  return result.kind === "taken" ? result : { jobs: [], files: new Map() };
};

test("every file arrives in its Job's ConfigMap, byte for byte", async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const { take } = begin({ service: { "run.sh": "#!/bin/sh", bin: bytes } });
  const { jobs, files } = await taken(take(jobOf({ files: ["/"] }), makeFetchJob(undefined, "job-2")));
  assert.deepEqual(jobs.map(wantsSnapshot), [true, false]);
  const maps: ConfigMap[] = [];
  const create = async (map: ConfigMap) => {
    maps.push(map);
    return "created" as const;
  };
  await keepSnapshots(jobs, files, { create });
  const values = maps.flatMap((map) => Object.values(map.binaryData ?? {}));
  assert.deepEqual(
    values.map((value) => Buffer.from(value, "base64")),
    [bytes, Buffer.from("#!/bin/sh")],
  );
});

test("a Job that was created without a snapshot gets no ConfigMap", async () => {
  const { take } = begin({ service: { a: "1" } });
  const { files } = await taken(take(jobOf({})));
  await keepSnapshots([jobOf({})], files, { create: () => assert.fail("nothing to keep") });
});

const tooMuch: [string, FilesContent][] = [
  ["too large a file", { service: { big: "x".repeat(900 * 1024 + 1) } }],
  ["too many files", { service: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, ""])) }],
  ["a name that cannot be mounted", { service: { "a:b": "x" } }],
];

for (const [what, content] of tooMuch) {
  test(`a task with ${what} keeps its init container, and the log says why`, async () => {
    const { lines, take } = begin(content);
    const job = jobOf({});
    const { jobs, files } = await taken(take(job));
    assert.deepEqual([jobs, files.size], [[job], 0]);
    assert.match(lines.join(), /^Job jobs\/job-1 fetches its files in an init container: ./);
  });
}

test("a missing file refuses the run before any Job is created", async () => {
  const { take } = begin({ service: { a: "1" } });
  const result = await take(jobOf({ files: ["a"] }), jobOf({ files: ["b"] }, "job-2"));
  assert.deepEqual(result.kind === "refused" && result.problems.map(({ code }) => code), ["missing-file"]);
});

test("a Keptn that is away is a retryable failure: the event is delivered again", async () => {
  const { keptn, take } = begin({});
  keptn.fault = () => {
    throw new IoError("Keptn GET x: ECONNREFUSED.", { retryable: true });
  };
  await assert.rejects(take(jobOf({ graceSeconds: 600 })), (error: IoError) => error.retryable);
});

test("the same files make the same Job, whatever the order of Keptn's responses", async () => {
  const one = await taken(begin({ service: { a: "1", b: "22222" } }).take(jobOf({})));
  const other = await taken(begin({ service: { b: "22222", a: "1" } }).take(jobOf({})));
  assert.deepEqual(one.jobs, other.jobs);
});
