// What Kubernetes takes for many Jobs at once by itself: its Job controller makes 20 calls a second unless it is told otherwise.
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { phaseOf } from "../../../functions/lib/core/run/run-state.ts";
import { forNoNode } from "../../cluster/harness/kubelet.ts";
import type { Cluster } from "./cluster.ts";

const labels = { bench: "alone" };
const selected = "labelSelector=bench%3Dalone";

/** @returns seconds from the first one's creation to the last one's end */
export const runJobsAlone = async ({ api, namespace }: Cluster, count: number): Promise<number> => {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const container = { name: "deploy", image: "example.org/deploy:1.2.3", command: ["deploy"] };
  const template = { spec: { restartPolicy: "Never", containers: [{ ...container, ...parse(forNoNode) }] } };
  const spec = { backoffLimit: 0, ttlSecondsAfterFinished: 3600, template };
  const body = { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "alone-", labels }, spec };
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, () => api.call({ method: "POST", path: jobs, body })));
  for (;;) {
    const { body: listed } = await api.call<{ items: Job[] }>({ method: "GET", path: `${jobs}?${selected}` });
    if (listed.items.filter((job) => phaseOf(job) === "succeeded").length === count) break;
    await sleep(500);
  }
  const seconds = (performance.now() - begun) / 1000;
  await api.call({ method: "DELETE", path: `${jobs}?${selected}&propagationPolicy=Background` });
  return seconds;
};
