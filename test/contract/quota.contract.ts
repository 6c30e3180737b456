// A full quota of pods: what a released Job says of it, and what becomes of it once there is room.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { refOf } from "../../functions/lib/core/object-meta.ts";
import { startBlockerOf } from "../../functions/lib/core/pod/start-blocker.ts";
import { isFullQuota } from "../../functions/lib/core/pod/start-timeout.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { connectPods } from "../../functions/lib/kubernetes/pods.ts";
import { makeTestJob, newRunId } from "./jobs.contract.ts";
import { until } from "./keptn-user.ts";

export interface QuotaWorld {
  readonly api: KubernetesApi;
  readonly namespace: string;
  close(): Promise<void>;
}

export const quotaContract = (name: string, open: () => Promise<QuotaWorld>): void => {
  describe(`quota contract: ${name}`, () => {
    let world: QuotaWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    test("a released Job has no pod while the quota is full, says so, and gets one when there is room", async () => {
      const { api, namespace } = world;
      const [jobs, pods] = [connectJobs(api), connectPods(api)];
      const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
      const quota = {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "few" },
        spec: { hard: { pods: "0" } },
      };
      await api.call({ method: "POST", path, body: quota });
      const runId = newRunId();
      const given = makeTestJob(runId, { namespace });
      const created = await jobs.create({ ...given, spec: { ...given.spec!, suspend: false } });
      assert.ok(created !== "exists");
      const ref = refOf(created);
      const warnings = await until(
        "a warning",
        async () => {
          const found = await pods.listWarnings(ref);
          return found.length > 0 && found;
        },
        120_000,
      );
      assert.deepEqual(
        warnings.map(({ reason }) => reason),
        ["FailedCreate"],
      );
      assert.ok(warnings.every(isFullQuota), warnings[0]?.message);
      assert.deepEqual(await pods.list(ref), []);
      const read = async (): Promise<Job> => (await jobs.listRun(runId, [namespace]))[0] ?? assert.fail("no Job");
      const waiting = await until("its startTime", async () => {
        const job = await read();
        return job.status?.startTime !== undefined && job;
      });
      assert.equal(startBlockerOf(waiting, undefined)?.kind, "no-pod");

      await api.call({ method: "DELETE", path: `${path}/few` });
      await until("a pod", async () => (await pods.list(ref)).length === 1, 180_000);
    });
  });
};
