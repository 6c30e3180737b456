// Jobs in a real API server.
import { label, labelValueOf } from "../core/annotations/annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { collectionOfJobs, pathOfJob } from "./job-paths.ts";
import { type Listing, listAll } from "./list.ts";
import { listOpenRuns } from "./open-runs.ts";
import { patchJob } from "./patch-job.ts";
import type { Jobs } from "./ports.ts";

export const connectJobs = (api: KubernetesApi): Jobs => ({
  create: async (job) => {
    const path = `${collectionOfJobs(job.metadata?.namespace ?? "default")}?fieldValidation=Strict`;
    const { status, body } = await api.call<Job>({ method: "POST", path, body: job, expected: [409] });
    return status === 409 ? existing(body) : body;
  },
  listRun: async (runId, namespaces, { maxBytes, byName } = {}) => {
    if (byName) {
      const { readRunByName } = await import("./run-by-name.ts"); // needed only by sweeps
      const jobs = await readRunByName(api, { runId, namespaces, maxBytes });
      if (jobs) return jobs;
    }
    const selectors = { labelSelector: `${label.run}=${runId}` };
    return listIn(api, namespaces, { selectors, maxBytes, whole: maxBytes !== undefined });
  },
  listEvent: (eventId, namespaces) => {
    const selectors = { labelSelector: `${label.eventId}=${labelValueOf(eventId)},${label.run}` };
    return listIn(api, namespaces, { selectors });
  },
  listOpen: (scopes) => listOpenRuns(api, scopes),
  patch: (job, change) => patchJob(api, job, change),
  delete: async (job) => {
    // Foreground deletes the pods at once. Otherwise they keep running while our finalizer keeps the Job.
    const body = { propagationPolicy: "Foreground", preconditions: { uid: job.uid } };
    await api.call({ method: "DELETE", path: pathOfJob(job), body, expected: [404, 409] }); // 409: another Job of this name
  },
});

const listIn = async (
  api: KubernetesApi,
  namespaces: readonly string[],
  listing: Omit<Listing, "collection">,
): Promise<Job[]> => {
  const collections = namespaces.map(collectionOfJobs);
  return (await Promise.all(collections.map((collection) => listAll<Job>(api, { collection, ...listing })))).flat();
};

/** Only a 409 with this reason means "exists"; in some versions, a namespace being deleted also causes a 409. */
const existing = (status: { readonly reason?: string; readonly message?: string } & object): "exists" => {
  if (status.reason === "AlreadyExists") return "exists";
  throw new IoError(`Kubernetes did not create the Job: ${status.message}`, { retryable: true, httpStatus: 409 });
};
