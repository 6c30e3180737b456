// Where Jobs are on the API server.
import type { JobRef } from "./ports.ts";

/** @param namespace "*" means all */
export const collectionOfJobs = (namespace: string): string =>
  namespace === "*" ? "/apis/batch/v1/jobs" : `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;

export const pathOfJob = (job: Omit<JobRef, "uid">): string =>
  `${collectionOfJobs(job.namespace)}/${encodeURIComponent(job.name)}`;
