// Where objects are on the API server.
import type { JobRef } from "./ports.ts";

/** @param namespace "*" means all */
export const namespaced = (namespace: string, group = "/api/v1"): string =>
  namespace === "*" ? group : `${group}/namespaces/${encodeURIComponent(namespace)}`;

/** @param namespace "*" means all */
export const collectionOfJobs = (namespace: string): string => `${namespaced(namespace, "/apis/batch/v1")}/jobs`;

export const pathOfJob = (job: Omit<JobRef, "uid">): string =>
  `${collectionOfJobs(job.namespace)}/${encodeURIComponent(job.name)}`;
