// Jobs on a real API server.
import type { Job } from "../../core/kubernetes.ts";
import { label } from "../../core/marks.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { listAll } from "./list.ts";
import { patchJob } from "./patch-job.ts";
import type { JobRef, Jobs } from "./ports.ts";

export interface JobsOptions {
  /** Where Jobs may be: the namespaces that listOpen looks into; "*" is all of them, in one request. */
  readonly namespaces: readonly string[];
  /** Value of app.kubernetes.io/managed-by. */
  readonly managedBy: string;
}

/** @param namespace "*" is all of them */
export const collectionOfJobs = (namespace: string): string =>
  namespace === "*" ? "/apis/batch/v1/jobs" : `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;

export const pathOfJob = (job: JobRef): string => `${collectionOfJobs(job.namespace)}/${encodeURIComponent(job.name)}`;

export const connectJobs = (api: KubernetesApi, options: JobsOptions): Jobs => {
  const list = async (namespaces: readonly string[], selector: string): Promise<Job[]> =>
    (
      await Promise.all(
        namespaces.map((namespace) => listAll<Job>(api, collectionOfJobs(namespace), { labelSelector: selector })),
      )
    ).flat();
  return {
    create: async (job) => {
      const path = `${collectionOfJobs(job.metadata?.namespace ?? "default")}?fieldValidation=Strict`;
      const { status, body } = await api.call<Job>({ method: "POST", path, body: job, expected: [409] });
      return status === 409 ? existing(body) : body;
    },
    listRun: (runId, namespaces) => list(namespaces, `${label.run}=${runId}`),
    listOpen: () =>
      list(options.namespaces, `${label.managedBy}=${options.managedBy},${label.state} in (waiting,released)`),
    patch: (job, change) => patchJob(api, job, change),
    delete: async (job) => {
      const body = { propagationPolicy: "Background", preconditions: { uid: job.uid } };
      await api.call({ method: "DELETE", path: pathOfJob(job), body, expected: [404, 409] }); // 409: another Job of this name
    },
  };
};

/** A 409 is "exists" only when it says so; a namespace that is being removed answers with 409 as well in some versions. */
const existing = (status: { readonly reason?: string; readonly message?: string } & object): "exists" => {
  if (status.reason === "AlreadyExists") return "exists";
  throw new IoError(`Kubernetes does not create the Job: ${status.message}`, { retryable: true, httpStatus: 409 });
};
