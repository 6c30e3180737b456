// Jobs in memory follow Kubernetes' rules, and notify listeners of every change.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobEvent } from "../../../functions/cli/local/job-listeners.ts";
import { localJobs } from "../../../functions/cli/local/jobs.ts";
import { jobsContract, makeTestJob, newRunId, refOf } from "../../contract/jobs.contract.ts";

const now = () => new Date("2026-01-02T03:04:05.678Z");

jobsContract("in memory", async () => {
  const jobs = localJobs({ now });
  return {
    jobs,
    namespaces: ["one", "two"],
    touchStatus: async (job) => jobs.setStatus(job, { ready: 0 }),
    close: async () => {},
  };
});

const watched = async () => {
  const jobs = localJobs({ now });
  const changes: JobEvent[] = [];
  const runId = newRunId();
  jobs.subscribe((change) => changes.push(change));
  await jobs.create(makeTestJob(runId));
  const [job] = await jobs.listRun(runId, ["default"]);
  assert.ok(job);
  return { jobs, changes, ref: refOf(job) };
};

test("uses times of the given clock, in whole seconds", async () => {
  const { jobs, changes, ref } = await watched();
  await jobs.delete(ref);
  assert.equal(changes[0]?.job.metadata?.creationTimestamp, "2026-01-02T03:04:05Z");
  assert.equal(changes[1]?.job.metadata?.deletionTimestamp, "2026-01-02T03:04:05Z");
});

test("notifies of creation, update and removal in this order, before the call returns", async () => {
  const { jobs, changes, ref } = await watched();
  await jobs.patch(ref, { suspend: false });
  jobs.setStatus(ref, { active: 1 });
  await jobs.delete(ref);
  await jobs.patch(ref, { finalizeJob: true });
  assert.deepEqual(
    changes.map(({ type, job }) => [type, job.spec?.suspend, job.status?.active]),
    [
      ["add", true, undefined],
      ["update", false, undefined],
      ["update", false, 1],
      ["update", false, 1],
      ["delete", false, 1],
    ],
  );
});

test("does not notify of a change that changes nothing, and keeps the resource version", async () => {
  const { jobs, changes, ref } = await watched();
  await jobs.patch(ref, { suspend: true });
  jobs.setStatus(ref, {});
  assert.notEqual(await jobs.create(makeTestJob(newRunId())), "exists");
  assert.deepEqual(
    changes.map(({ type, job }) => [type, job.metadata?.resourceVersion]),
    [
      ["add", "1"],
      ["add", "2"],
    ],
  );
});

test("notifies every listener in order, even when a listener changes Jobs", async () => {
  const jobs = localJobs({ now });
  const seen: string[] = [];
  jobs.subscribe(({ type, job }) => {
    if (type === "add") jobs.setStatus(refOf(job), { active: 1 });
  });
  jobs.subscribe(({ type }) => seen.push(type));
  await jobs.create(makeTestJob(newRunId()));
  assert.deepEqual(seen, ["add", "update"]);
});

test("does not notify a listener that has unsubscribed", async () => {
  const jobs = localJobs({ now });
  const seen: string[] = [];
  const stop = jobs.subscribe(({ type }) => seen.push(type));
  await jobs.create(makeTestJob(newRunId()));
  stop();
  await jobs.create(makeTestJob(newRunId()));
  assert.deepEqual(seen, ["add"]);
});

test("does not recreate a deleted Job for a late status", async () => {
  const { jobs, changes, ref } = await watched();
  await jobs.delete(ref);
  await jobs.patch(ref, { finalizeJob: true });
  jobs.setStatus(ref, { succeeded: 1 });
  assert.equal(changes.at(-1)?.type, "delete");
});
