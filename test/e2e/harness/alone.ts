// The time that Kubernetes alone needs for a Job: the lower bound of a run's time.
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../../functions/lib/kubernetes/api.ts";
import { until } from "../../cluster/harness/world.ts";
import type { Observer } from "./observer.ts";

/**
 * Runs the same pod once more, by a Job of which nothing of ours knows. Kubelet and Job controller look once a second each, so that
 * the same pod takes 3.0 to 4.5 s: one that begins at the same moment meets the same looks.
 * @param name a Job of a run
 * @returns milliseconds from its creation to its end
 */
export const runAlone = async (
  { api, namespace, observer }: { api: KubernetesApi; namespace: string; observer: Observer },
  name: string,
): Promise<number> => {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { body: job } = await api.call<Job>({ method: "GET", path: `${jobs}/${name}` });
  const begunMs = Date.now();
  const { body: created } = await api.call<Job>({ method: "POST", path: jobs, body: bare(job) });
  const seen = () => observer.jobs.get(created.metadata?.name ?? "");
  await until(`${name} ended by itself`, () => seen()?.endedAtMs !== undefined);
  return (seen()?.endedAtMs ?? Number.NaN) - begunMs;
};

const bare = ({ spec }: Job): object => {
  const { selector: _selector, suspend: _suspend, template, ...rest } = spec ?? {};
  const { labels: _labels, ...metadata } = template?.metadata ?? {};
  return {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "alone-" } },
    spec: { ...rest, template: { ...template, metadata } },
  };
};
