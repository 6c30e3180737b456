// More than one pod for a Job, as `retries` asks for: what Kubernetes counts, what it replaces, and what the Job says in the end.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { makeRetrySpec } from "../../functions/lib/core/job/retry.ts";
import type { Job, Pod } from "../../functions/lib/core/kubernetes.ts";
import { refOf } from "../../functions/lib/core/object-meta.ts";
import { failureOf } from "../../functions/lib/core/run/run-state.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { connectPods } from "../../functions/lib/kubernetes/pods.ts";
import { makeTestJob, newRunId } from "./jobs.contract.ts";
import { until } from "./keptn-user.ts";

type Retries = number | { limit: number; exitCodes: number[] } | undefined;

export interface RetriesWorld {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Has a shell. */
  readonly image: string;
  /** By the eviction API. */
  evict(pod: Pod): Promise<void>;
  close(): Promise<void>;
}

/** The second try comes 10 s after the first one, and a busy machine is slow. */
const mostMs = 300_000;

export const retriesContract = (name: string, open: () => Promise<RetriesWorld>): void => {
  describe(`retries contract: ${name}`, { concurrency: 4 }, () => {
    let world: RetriesWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    const release = async (retries: Retries, command: readonly string[]) => {
      const { api, namespace, image } = world;
      const [jobs, pods, runId] = [connectJobs(api), connectPods(api), newRunId()];
      const { spec, ...given } = makeTestJob(runId, { namespace });
      const container = { name: given.metadata?.name ?? "", image, command: [...command] };
      const template = { ...spec!.template, spec: { ...spec!.template.spec, containers: [container] } };
      const retry = makeRetrySpec(retries === undefined ? {} : { retries }, container.name) as Partial<
        NonNullable<Job["spec"]>
      >;
      const created = await jobs.create({ ...given, spec: { ...spec!, ...retry, suspend: false, template } } as Job);
      assert.ok(created !== "exists");
      const read = async (): Promise<Job> => (await jobs.listRun(runId, [namespace]))[0] ?? assert.fail("no Job");
      const failed = () => until("its failure", async () => failureOf(await read()), mostMs);
      return { read, failed, pods: () => pods.list(refOf(created)) };
    };
    /** It ends when it is told to: process 1 of a container does not by itself. */
    const lasts = ["sh", "-c", "trap 'exit 143' TERM; sleep 1000 & wait"];
    const exits = (code: number) => ["sh", "-c", `exit ${code}`];

    test("a task that fails each time has a pod more than retries, and each counts", async () => {
      const { read, failed, pods } = await release(1, exits(3));
      assert.equal((await failed()).reason, "BackoffLimitExceeded");
      assert.equal((await pods()).length, 2);
      assert.equal(
        (await until("both counted", async () => (await read()).status?.failed === 2 && read())).status?.failed,
        2,
      );
    });

    test("an exit code that is not among those of retries fails the Job at once", async () => {
      const { failed, pods } = await release({ limit: 2, exitCodes: [75] }, exits(3));
      assert.equal((await failed()).reason, "PodFailurePolicy");
      assert.equal((await pods()).length, 1);
    });

    test("a pod that is evicted is replaced, and does not count", async () => {
      const { read, pods } = await release(0, lasts);
      const running = ({ status }: Pod) => status?.phase === "Running";
      const first = await until("a pod", async () => (await pods()).find(running), mostMs);
      await world.evict(first);
      const isOther = (pod: Pod) => running(pod) && pod.metadata?.uid !== first.metadata?.uid;
      await until("another pod", async () => (await pods()).find(isOther), mostMs);
      const { status } = await read();
      assert.deepEqual([status?.failed ?? 0, failureOf(await read())], [0, undefined]);
    });

    test("without retries an evicted pod fails the Job, which says why", async () => {
      const { failed, pods } = await release(undefined, lasts);
      const first = await until("a pod", async () => (await pods()).find((p) => p.status?.phase === "Running"), mostMs);
      await world.evict(first);
      assert.equal((await failed()).reason, "PodFailurePolicy");
    });
  });
};
