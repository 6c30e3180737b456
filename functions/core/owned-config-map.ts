// ConfigMaps of ours that belong to a Job: they never change, and go when it goes.
import type { ConfigMap, Job } from "./kubernetes.ts";
import { label } from "./marks.ts";

/** @param job as the API server has it: Kubernetes' garbage collector goes by its uid. @param what ends the name: `files`, `values` */
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
