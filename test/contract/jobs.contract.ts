// What every implementation of Jobs has to do: run on the one in memory and on a real API server.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  annotation,
  finalizer,
  jobNameOf,
  label,
  runIdOf,
  type State,
} from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import type { JobRef, Jobs } from "../../functions/lib/kubernetes/ports.ts";

export interface JobsWorld {
  readonly jobs: Jobs;
  /** Two namespaces that are there. */
  readonly namespaces: readonly [string, string];
  /** Changes something in a Job's status, as the Job controller does at any time. */
  touchStatus(job: JobRef): Promise<void>;
  close(): Promise<void>;
}

export const jobsContract = (name: string, open: () => Promise<JobsWorld>): void => {
  describe(`Jobs contract: ${name}`, () => {
    let world: JobsWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    const make = (runId: string, given: Given = {}) => makeTestJob(runId, { namespace: world.namespaces[0], ...given });
    const scope = () => ({ managedBy: "job-executor-service", namespaces: world.namespaces });
    const get = async (runId: string): Promise<Job> => {
      const [job, ...others] = await world.jobs.listRun(runId, world.namespaces);
      assert.ok(job && others.length === 0, `expected one Job of ${runId}, got ${job ? others.length + 1 : 0}`);
      return job;
    };
    const created = async (job: Job): Promise<Job> => {
      const answer = await world.jobs.create(job);
      assert.ok(answer !== "exists");
      return answer;
    };
    const create = async (runId: string, given: Given = {}): Promise<JobRef> => {
      return refOf(await created(make(runId, given)));
    };

    test("lists a created Job by its run, as it was given, with what the API server adds", async () => {
      const runId = newRunId();
      const given = make(runId, { state: "waiting" });
      const answer = await created(given);
      const { metadata, spec } = await get(runId);
      assert.equal(answer.metadata?.uid, metadata?.uid);
      assert.match(metadata?.uid ?? "", /^[0-9a-f-]{36}$/);
      assert.match(metadata?.resourceVersion ?? "", /^\d+$/);
      assert.match(String(metadata?.creationTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(metadata?.name, given.metadata?.name);
      assert.deepEqual(metadata?.annotations, given.metadata?.annotations);
      for (const [key, value] of Object.entries(given.metadata?.labels ?? {})) {
        assert.equal(metadata?.labels?.[key], value);
      }
      assert.deepEqual(metadata?.finalizers, [finalizer]);
      assert.equal(spec?.suspend, true);
      assert.deepEqual(spec?.template.spec?.containers[0]?.command, ["true"]);
    });

    test("leaves a Job of the same name as it is", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      assert.equal(await world.jobs.create(make(runId, { announced: "other" })), "exists");
      const job = await get(runId);
      assert.equal(job.metadata?.uid, ref.uid);
      assert.equal(job.metadata?.annotations?.[annotation.announced], "");
    });

    test("lists the Jobs of an event, open and reported, and nobody else's", async () => {
      const [first, second] = world.namespaces;
      const eventId = randomUUID();
      const ofEvent = (runId: string, given: Given = {}) => {
        const job = make(runId, given);
        return { ...job, metadata: { ...job.metadata, labels: { ...job.metadata?.labels, [label.eventId]: eventId } } };
      };
      const [one, two] = [newRunId(), newRunId()];
      await created(ofEvent(one, { namespace: first }));
      await created(ofEvent(two, { namespace: second, state: "reported" }));
      await create(newRunId());
      const runsIn = async (namespaces: readonly string[]) =>
        (await world.jobs.listEvent(eventId, namespaces)).map(({ metadata }) => metadata?.labels?.[label.run]).sort();
      assert.deepEqual(await runsIn([first, second]), [one, two].sort());
      assert.deepEqual(await runsIn([second]), [two]);
    });

    test("keeps namespaces apart", async () => {
      const runId = newRunId();
      const [first, second] = world.namespaces;
      await created(make(runId, { namespace: first }));
      await created(make(runId, { namespace: second }));
      assert.equal((await world.jobs.listRun(runId, [first, second])).length, 2);
      const only = await world.jobs.listRun(runId, [second]);
      assert.deepEqual(
        only.map((job) => job.metadata?.namespace),
        [second],
      );
    });

    test("lists the Jobs of one run only", async () => {
      const runId = newRunId();
      await create(newRunId());
      await create(runId);
      await world.jobs.create(make(runId, { taskIndex: 1 }));
      const names = (await world.jobs.listRun(runId, world.namespaces)).map((job) => job.metadata?.name).sort();
      assert.deepEqual(names, [jobNameOf(runId, 0), jobNameOf(runId, 1)]);
    });

    test("reads a run by the names of its Jobs as by its label, also where they are not all there", async () => {
      const runId = newRunId();
      const namesOf = async (byName: boolean): Promise<readonly unknown[]> =>
        (await world.jobs.listRun(runId, world.namespaces.slice(0, 1), { byName })).map((job) => job.metadata?.uid);
      assert.deepEqual(await namesOf(true), []);
      await create(runId);
      assert.equal((await namesOf(true)).length, 1);
      assert.deepEqual(await namesOf(true), await namesOf(false));
      await world.jobs.create(make(runId, { taskIndex: 1 }));
      assert.deepEqual((await namesOf(true)).toSorted(), (await namesOf(false)).toSorted());
    });

    test("lists as open what waits or was released, not what was reported", async () => {
      const states: readonly State[] = ["waiting", "released", "reported"];
      const runs = states.map((state) => ({ state, runId: newRunId() }));
      for (const { state, runId } of runs) await create(runId, { state });
      const { runs: open, unread } = await world.jobs.listOpen([scope()]);
      assert.deepEqual(unread, []);
      assert.deepEqual(
        runs.filter(({ runId }) => open.has(runId)).map(({ state }) => state),
        ["waiting", "released"],
      );
    });

    test("changes a Job's deadline, unless somebody did before", async () => {
      const runId = newRunId();
      const given = make(runId);
      const ref = refOf(await created({ ...given, spec: { ...given.spec!, activeDeadlineSeconds: 960 } }));
      const change = {
        expect: { activeDeadlineSeconds: 960 },
        annotations: { note: "stopped" },
        activeDeadlineSeconds: 1,
      };
      assert.equal(await world.jobs.patch(ref, change), "done");
      assert.equal(await world.jobs.patch(ref, { ...change, annotations: { note: "again" } }), "stale");
      const { metadata, spec } = await get(runId);
      assert.deepEqual([spec?.activeDeadlineSeconds, metadata?.annotations?.["note"]], [1, "stopped"]);
    });

    test("changes marks, state, suspension and TTL in one step", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      const done = await world.jobs.patch(ref, {
        expect: { annotations: { [annotation.announced]: "" }, suspend: true },
        annotations: { [annotation.announced]: "2026-01-02T03:04:05Z" },
        state: "released",
        suspend: false,
        ttlSeconds: 4711,
      });
      assert.equal(done, "done");
      const { metadata, spec } = await get(runId);
      assert.equal(metadata?.annotations?.[annotation.announced], "2026-01-02T03:04:05Z");
      assert.equal(metadata?.annotations?.[annotation.claim], "");
      assert.equal(metadata?.labels?.[label.state], "released");
      assert.equal(metadata?.labels?.[label.run], runId);
      assert.equal(spec?.suspend, false);
      assert.equal(spec?.ttlSecondsAfterFinished, 4711);
    });

    const stale = [
      { why: "an annotation says something else", expect: { annotations: { [annotation.announced]: "before" } } },
      { why: "an annotation is not there", expect: { annotations: { "example.org/none": "" } } },
      { why: "it is suspended", expect: { suspend: false } },
    ];
    for (const { why, expect } of stale) {
      test(`changes nothing when, other than expected, ${why}`, async () => {
        const runId = newRunId();
        const ref = await create(runId);
        assert.equal(
          await world.jobs.patch(ref, { expect, annotations: { [annotation.claim]: "mine" }, state: "reported" }),
          "stale",
        );
        const { metadata } = await get(runId);
        assert.equal(metadata?.annotations?.[annotation.claim], "");
        assert.equal(metadata?.labels?.[label.state], "waiting");
      });
    }

    test("is not disturbed by a change of the status", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      const before = await get(runId);
      await world.touchStatus(ref);
      assert.notEqual((await get(runId)).metadata?.resourceVersion, before.metadata?.resourceVersion);
      const expect = { annotations: { [annotation.claim]: "" } };
      assert.equal(await world.jobs.patch(ref, { expect, annotations: { [annotation.claim]: "mine" } }), "done");
    });

    test("lets one of several win who expect the same", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      const expect = { annotations: { [annotation.claim]: "" } };
      const claims = ["a", "b", "c", "d"].map(async (by) => ({
        by,
        answer: await world.jobs.patch(ref, { expect, annotations: { [annotation.claim]: by } }),
      }));
      const winners = (await Promise.all(claims)).filter(({ answer }) => answer === "done");
      assert.equal(winners.length, 1);
      assert.equal((await get(runId)).metadata?.annotations?.[annotation.claim], winners[0]?.by);
    });

    test("says that a Job is gone when its name is, or belongs to another one", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      const change = { annotations: { [annotation.claim]: "mine" } };
      assert.equal(await world.jobs.patch({ ...ref, uid: randomUUID() }, change), "gone");
      assert.equal(await world.jobs.patch({ ...ref, name: jobNameOf(newRunId(), 0) }, change), "gone");
      assert.equal((await get(runId)).metadata?.annotations?.[annotation.claim], "");
    });

    /** What belongs to a Job goes first (garbage collector): a Job that may go is gone a moment later. */
    const isGone = async (runId: string): Promise<void> => {
      while ((await world.jobs.listRun(runId, world.namespaces)).length > 0) await sleep(50);
    };

    test("deletes a Job once, and only this very one", async () => {
      const runId = newRunId();
      const ref = await create(runId, { finalizers: [] });
      await world.jobs.delete({ ...ref, uid: randomUUID() });
      assert.equal((await get(runId)).metadata?.uid, ref.uid);
      await world.jobs.delete(ref);
      await isGone(runId);
      await world.jobs.delete(ref);
    });

    test("leaves no finalizer but ours on a Job that it deleted", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      await world.jobs.delete(ref);
      while ((await get(runId)).metadata?.finalizers?.join() !== finalizer) await sleep(50);
      await world.jobs.delete(ref);
      while ((await get(runId)).metadata?.finalizers?.join() !== finalizer) await sleep(50);
      assert.equal(await world.jobs.patch(ref, { finalizeJob: true }), "done");
      await isGone(runId);
    });

    test("keeps a deleted Job until it is let go, and its name with it", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      await world.jobs.delete(ref);
      await world.jobs.delete(ref);
      assert.ok((await get(runId)).metadata?.deletionTimestamp);
      assert.equal(await world.jobs.create(make(runId)), "exists");
      assert.equal(await world.jobs.patch(ref, { annotations: { [annotation.reported]: "now" } }), "done");
      assert.equal(await world.jobs.patch(ref, { finalizeJob: true, state: "reported" }), "done");
      await isGone(runId);
      assert.equal(await world.jobs.patch(ref, { finalizeJob: true }), "gone");
      assert.notEqual((await create(runId)).uid, ref.uid);
    });

    test("lets go of a Job that nobody deleted: it stays, and may be let go again", async () => {
      const runId = newRunId();
      const ref = await create(runId);
      assert.equal(await world.jobs.patch(ref, { finalizeJob: true }), "done");
      assert.deepEqual((await get(runId)).metadata?.finalizers ?? [], []);
      assert.equal(await world.jobs.patch(ref, { finalizeJob: true, ttlSeconds: 60 }), "done");
      assert.equal((await get(runId)).spec?.ttlSecondsAfterFinished, 60);
    });

    test("shares no object with its callers", async () => {
      const runId = newRunId();
      const given = make(runId);
      await world.jobs.create(given);
      Object.assign(given.metadata?.annotations ?? {}, { [annotation.claim]: "changed" });
      const read = await get(runId);
      assert.equal(read.metadata?.annotations?.[annotation.claim], "");
      Object.assign(read.metadata?.annotations ?? {}, { [annotation.claim]: "changed" });
      assert.equal((await get(runId)).metadata?.annotations?.[annotation.claim], "");
    });
  });
};

interface Given {
  readonly namespace?: string;
  readonly taskIndex?: number;
  readonly state?: State;
  readonly announced?: string;
  readonly finalizers?: readonly string[];
}

export const newRunId = (): string => runIdOf(randomUUID(), 0);

export const refOf = (job: Job): JobRef => {
  const { namespace, name, uid } = job.metadata ?? {};
  assert.ok(namespace && name && uid);
  return { namespace, name, uid };
};

/** A suspended Job that any API server takes, with the marks of a run's first one. */
export const makeTestJob = (
  runId: string,
  { namespace = "default", taskIndex = 0, state = "waiting", announced = "", finalizers = [finalizer] }: Given = {},
): Job => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name: jobNameOf(runId, taskIndex),
    namespace,
    labels: { [label.managedBy]: "job-executor-service", [label.run]: runId, [label.state]: state },
    annotations: { [annotation.announced]: announced, [annotation.claim]: "", [annotation.reported]: "" },
    finalizers: [...finalizers],
  },
  spec: {
    suspend: true,
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: "Never",
        containers: [{ name: "task", image: "example.org/none:1", command: ["true"] }],
      },
    },
  },
});
