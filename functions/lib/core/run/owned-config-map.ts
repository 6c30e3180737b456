// ConfigMaps that belong to a Job: immutable, and deleted with it.
import { label } from "../annotations/annotations.ts";
import type { ConfigMap, Job } from "../kubernetes.ts";

/** @param job as the API server returned it: garbage collection needs its uid. @param what suffix of the name: `files`, `values` */
export const makeOwnedConfigMap = (job: Job, what: string): ConfigMap => {
  const { name = "", namespace = "", uid = "", labels = {} } = job.metadata ?? {};
  const kept = [label.managedBy, label.run].flatMap((key) => (labels[key] ? [[key, labels[key]] as const] : []));
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: `${name}-${what}`,
      namespace,
      labels: Object.fromEntries(kept),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid }],
    },
    immutable: true,
  };
};
