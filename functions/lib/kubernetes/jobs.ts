// Jobs in a real API server.
import { label, labelValueOf } from "../core/annotations/annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { collectionOfJobs, pathOfJob } from "./job-paths.ts";
import { listAll } from "./list.ts";
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
      const jobs = await readRunByName(api, { runId, namespaces, ...(maxBytes === undefined ? {} : { maxBytes }) });
      if (jobs) return jobs;
    }
    const selectors = { labelSelector: `${label.run}=${runId}` };
    const most = maxBytes === undefined ? {} : { maxBytes, whole: true };
    const lists = namespaces.map((namespace) =>
      listAll<Job>(api, { collection: collectionOfJobs(namespace), selectors, ...most }),
    );
    return (await Promise.all(lists)).flat();
  },
  listEvent: async (eventId, namespaces) => {
    const selectors = { labelSelector: `${label.eventId}=${labelValueOf(eventId)},${label.run}` };
    const lists = namespaces.map((namespace) =>
      listAll<Job>(api, { collection: collectionOfJobs(namespace), selectors }),
    );
    return (await Promise.all(lists)).flat();
  },
  listOpen: (scopes) => listOpenRuns(api, scopes),
  patch: (job, change) => patchJob(api, job, change),
  delete: async (job) => {
    // Foreground deletes the pods at once. Otherwise they keep running while our finalizer keeps the Job.
    const body = { propagationPolicy: "Foreground", preconditions: { uid: job.uid } };
    await api.call({ method: "DELETE", path: pathOfJob(job), body, expected: [404, 409] }); // 409: another Job of this name
  },
});

/** Only a 409 with this reason means "exists"; in some versions, a namespace being deleted also causes a 409. */
const existing = (status: { readonly reason?: string; readonly message?: string } & object): "exists" => {
  if (status.reason === "AlreadyExists") return "exists";
  throw new IoError(`Kubernetes did not create the Job: ${status.message}`, { retryable: true, httpStatus: 409 });
};
