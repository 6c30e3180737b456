// Reads a run's Jobs by name, because for a list by label the API server scans every Job in the namespace.
import { annotation, jobNameOf, type TaskRef } from "../core/annotations/annotations.ts";
import { parseRunSpec } from "../core/annotations/parse-annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import type { KubernetesApi } from "./api.ts";
import { pathOfJob } from "./job-paths.ts";
import type { JobRef } from "./ports.ts";

export interface RunToRead {
  readonly runId: string;
  readonly namespaces: readonly string[];
  /** Limit of all its Jobs together, if smaller than usual. */
  readonly maxBytes?: number | undefined;
}

/** @returns undefined if the Job does not exist, or may not be read */
type ReadJob = (job: Omit<JobRef, "uid">) => Promise<Job | undefined>;

/**
 * Reads them one by one; the first one names the others.
 * @returns undefined if one does not exist or may not be read; only a list is a consistent snapshot
 * @throws errors of `read`
 */
export const readJobsByName = async (read: ReadJob, { runId, namespaces }: RunToRead): Promise<Job[] | undefined> => {
  const [namespace, ...others] = namespaces;
  if (namespace === undefined || others.length > 0) return undefined;
  const lead = await read({ namespace, name: jobNameOf(runId, 0) });
  const spec = parseRunSpec(lead?.metadata?.annotations?.[annotation.spec]);
  if (!lead || !spec) return undefined;
  // The annotation may be forged, so it can only lead to Jobs of this run id.
  const isOurs = (link: TaskRef, index: number): boolean =>
    link.namespace === namespace && link.name === jobNameOf(runId, index);
  if (!spec.jobs.every(isOurs)) return undefined;
  const jobs = [lead];
  for (const link of spec.jobs.slice(1)) {
    const job = await read(link);
    if (!job) return undefined;
    jobs.push(job);
  }
  return jobs;
};

/** @throws IoError, `tooLarge` if they have more than `maxBytes` */
export const readRunByName = (api: KubernetesApi, wanted: RunToRead): Promise<Job[] | undefined> => {
  let maxBytes = wanted.maxBytes;
  const read: ReadJob = async (job) => {
    const call = { method: "GET", path: pathOfJob(job), expected: [403, 404], maxBytes } as const;
    const { status, bytes, body } = await api.call<Job>(call);
    if (maxBytes !== undefined) maxBytes = Math.max(0, maxBytes - bytes);
    return status < 300 ? body : undefined;
  };
  return readJobsByName(read, wanted);
};
