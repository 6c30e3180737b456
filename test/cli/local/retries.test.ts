// Retries in the local runtime work as in Kubernetes; the engine ends tasks as the test says.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerEnd, Engine } from "../../../functions/cli/local/engine.ts";
import { localJobs } from "../../../functions/cli/local/jobs.ts";
import { localRuntime } from "../../../functions/cli/local/runtime.ts";
import { makeRetrySpec } from "../../../functions/lib/core/job/retry.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import { refOf } from "../../../functions/lib/core/object-meta.ts";
import { triesOf } from "../../../functions/lib/core/pod/tries.ts";
import { failureOf, phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import { makeTestJob, newRunId } from "../../contract/jobs.contract.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";

type Retries = number | { limit: number; exitCodes: number[] } | undefined;
type End = number | "refused" | "lasts";

const now = () => new Date();
const mostMs = 60_000;

const makeEngine = (ends: readonly End[]): Engine => {
  let count = 0;
  const ended = (exitCode: number): ContainerEnd => ({
    ...{ kind: "ended", exitCode, reason: exitCode === 0 ? "Completed" : "Error" },
    ...{ startedAt: now(), finishedAt: now() },
  });
  return {
    name: "process",
    run: async (order, signal) => {
      const end = ends[count++] ?? assert.fail("one try too many");
      if (end === "refused") return { kind: "refused", reason: "ErrImagePull", message: "no such image" };
      order.onStarted();
      order.onOutput(Buffer.from(`try ${count}\n`));
      if (end !== "lasts") return ended(end);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return ended(143);
    },
  };
};

const release = async (context: TestContext, retries: Retries, ends: readonly End[]) => {
  const [jobs, folder, runId] = [localJobs({ now }), await makeTempFolder(context), newRunId()];
  const told: string[] = [];
  const faults: unknown[] = [];
  const runtime = localRuntime({
    ...{ jobs, folder, now, engine: makeEngine(ends), secrets: {}, configMaps: {} },
    fetchFiles: async () => ({ exitCode: 0 }),
    watcher: {
      onStart: () => void told.push("start"),
      onOutput: () => {},
      onEnd: (_, __, again) => void told.push(again ? `end of ${again.number} of ${again.most}` : "end"),
    },
    onFault: (fault) => faults.push(fault),
  });
  const { spec, ...given } = makeTestJob(runId, { namespace: "jobs" });
  const name = given.metadata?.name ?? "";
  const container = { name, image: "none:1" };
  const template = { ...spec!.template, spec: { ...spec!.template.spec, containers: [container] } };
  const retry = makeRetrySpec(retries === undefined ? {} : { retries }, name) as Partial<NonNullable<Job["spec"]>>;
  const made = await jobs.create({ ...given, spec: { ...spec!, ...retry, suspend: true, template } } as Job);
  assert.ok(made !== "exists");
  const read = async (): Promise<Job> => (await jobs.listRun(runId, ["jobs"]))[0] ?? assert.fail("no Job");
  const until = async (holds: (job: Job) => boolean): Promise<Job> => {
    const patience = AbortSignal.timeout(mostMs);
    for (;;) {
      const job = await read();
      if (holds(job)) return job;
      await sleep(10, undefined, { signal: patience });
    }
  };
  context.after(async () => {
    await runtime.stop();
    assert.deepEqual(faults, []);
  });
  await jobs.patch(refOf(made), { expect: { suspend: true }, suspend: false });
  const over = () => until((job) => phaseOf(job) !== "running" && job.status?.active === undefined);
  const logOf = async (pod: Pod) => {
    const ref = { namespace: "jobs", name: pod.metadata?.name ?? "" };
    return (await runtime.pods.getLog(ref, name, { headBytes: 99, tailBytes: 99 })).head;
  };
  return { runtime, told, until, over, logOf, pods: () => runtime.pods.list(refOf(made)) };
};

describe("a local task with retries", { concurrency: true }, () => {
  test("passes at its second try, with a pod and an output for each try", async (context) => {
    const { over, pods, told, logOf } = await release(context, 2, [3, 0]);
    const job = await over();
    assert.equal(phaseOf(job), "succeeded");
    assert.deepEqual([job.status?.failed, job.status?.succeeded], [1, 1]);
    assert.deepEqual(triesOf(job, await pods()), { number: 2, most: 3 });
    const [first, second, ...more] = await pods();
    assert.deepEqual([first?.status?.phase, second?.status?.phase, more.length], ["Failed", "Succeeded", 0]);
    assert.deepEqual([await logOf(first!), await logOf(second!)], ["try 1\n", "try 2\n"]);
    assert.deepEqual(told, ["start", "end of 1 of 3", "start", "end"]);
  });

  test("fails when no try is left", async (context) => {
    const { over, pods } = await release(context, 1, [3, 4]);
    const job = await over();
    assert.deepEqual([failureOf(job)?.reason, job.status?.failed], ["BackoffLimitExceeded", 2]);
    assert.equal((await pods()).length, 2);
  });

  test("fails at once for other exit codes than those of its retries, and retries for these", async (context) => {
    const other = await release(context, { limit: 2, exitCodes: [75] }, [3]);
    assert.equal(failureOf(await other.over())?.reason, "PodFailurePolicy");
    const named = await release(context, { limit: 2, exitCodes: [75] }, [75, 0]);
    assert.equal(phaseOf(await named.over()), "succeeded");
  });

  test("is not retried without an image, since a retry would not help", async (context) => {
    const { over } = await release(context, 2, ["refused"]);
    assert.equal(failureOf(await over())?.reason, "BackoffLimitExceeded");
  });

  test("is not retried once it was stopped, during a try or between two", async (context) => {
    const running = await release(context, 2, ["lasts"]);
    await running.until(({ status }) => status?.ready === 1);
    await running.runtime.stop();
    assert.deepEqual(running.told, ["start", "end"]);
    const pausing = await release(context, 2, [3]);
    await pausing.until(({ status }) => status?.failed === 1);
    await pausing.runtime.stop();
    assert.deepEqual(pausing.told, ["start", "end of 1 of 3"]);
  });

  test("fails at once without retries", async (context) => {
    const { over, pods } = await release(context, undefined, [3]);
    assert.equal(phaseOf(await over()), "failed");
    assert.equal((await pods()).length, 1);
  });
});
