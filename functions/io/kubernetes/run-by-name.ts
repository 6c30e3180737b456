// Reads the Jobs of a run by their names: of a list by label the API server looks at every Job of the namespace.
import type { Job } from "../../core/kubernetes.ts";
import { annotation, type ChainLink, jobNameOf } from "../../core/marks.ts";
import { readChain } from "../../core/read-marks.ts";
import type { KubernetesApi } from "./api.ts";
import { pathOfJob } from "./jobs.ts";
import type { JobRef } from "./ports.ts";

export interface RunToRead {
  readonly runId: string;
  readonly namespaces: readonly string[];
  /** Of all its Jobs together, where the caller has room for less than usual. */
  readonly maxBytes?: number;
}

/** @returns undefined when the Job is not there, or may not be read */
type ReadJob = (job: Omit<JobRef, "uid">) => Promise<Job | undefined>;

/**
 * One after the other, the first one first: it names the others.
 * @returns undefined where they are not all there, or may not be read: only a list shows what is there at one moment
 * @throws what `read` throws
 */
export const readJobsByName = async (
  read: ReadJob,
  { runId, namespaces }: Omit<RunToRead, "maxBytes">,
): Promise<Job[] | undefined> => {
  const [namespace, ...others] = namespaces;
  if (namespace === undefined || others.length > 0) return undefined;
  const lead = await read({ namespace, name: jobNameOf(runId, 0) });
  const chain = readChain(lead?.metadata?.annotations?.[annotation.chain]);
  if (!lead || !chain) return undefined;
  // Somebody may have forged it: it leads nowhere but to Jobs that a run of this id has.
  const isOurs = (link: ChainLink, index: number): boolean =>
    link.namespace === namespace && link.name === jobNameOf(runId, index);
  if (!chain.jobs.every(isOurs)) return undefined;
  const jobs = [lead];
  for (const link of chain.jobs.slice(1)) {
    const job = await read(link);
    if (!job) return undefined;
    jobs.push(job);
  }
  return jobs;
};

/** @throws IoError, `tooLarge` when they have more than `maxBytes` */
export const readRunByName = (api: KubernetesApi, wanted: RunToRead): Promise<Job[] | undefined> =>
  readJobsByName(readWithin(api, wanted.maxBytes), wanted);

/** As long as there is room. */
const readWithin = (api: KubernetesApi, maxBytes: number | undefined): ReadJob => {
  let leftBytes = maxBytes;
  return async (job) => {
    const most = leftBytes === undefined ? {} : { maxBytes: leftBytes };
    const { status, bytes, body } = await api.call<Job>({
      method: "GET",
      path: pathOfJob(job),
      expected: [403, 404],
      ...most,
    });
    if (leftBytes !== undefined) leftBytes = Math.max(0, leftBytes - bytes);
    return status < 300 ? body : undefined;
  };
};
