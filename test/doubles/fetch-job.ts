// A planned Job whose init container fetches files, as far as files are concerned.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import {
  type FetchOrder,
  fetchContainerName,
  filesFolder,
  filesVolumeName,
  makeFetchEnv,
} from "../../functions/lib/core/files/fetch-order.ts";
import type { Job, PodSpec } from "../../functions/lib/core/kubernetes.ts";

export const makeFetchJob = (order: FetchOrder | undefined, name = "job-1", pod: Partial<PodSpec> = {}): Job => {
  const mount = { name: filesVolumeName, mountPath: filesFolder };
  const ca = { name: "keptn-ca", mountPath: "/etc/keptn-ca" };
  const init = {
    name: fetchContainerName,
    image: "ours",
    env: order ? makeFetchEnv(order) : [],
    volumeMounts: [mount, ca],
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "jobs", labels: { [label.managedBy]: "jes", [label.run]: "run-1" } },
    spec: {
      suspend: true,
      template: {
        spec: {
          restartPolicy: "Never",
          ...(order ? { initContainers: [init] } : {}),
          containers: [{ name: "task", image: "busybox", volumeMounts: [mount] }],
          volumes: [
            { name: filesVolumeName, emptyDir: { sizeLimit: "20Mi" } },
            { name: "keptn-ca", configMap: { name: "keptn-ca" } },
          ],
          ...pod,
        },
      },
    },
  };
};
