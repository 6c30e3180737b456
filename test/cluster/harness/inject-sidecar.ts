// Injects a container or a native sidecar into pods that ask for one with an annotation, as sidecar injectors do.
import type { Container, Job } from "../../../functions/lib/core/kubernetes.ts";
import { testImage } from "./world.ts";

/** `test/sidecar: "name=script"`, `test/native: "name=script"` */
export const injectSidecar = (job: Job): Job => {
  const { template } = job.spec ?? {};
  const annotations = template?.metadata?.annotations ?? {};
  const [plain, native] = [containerOf(annotations["test/sidecar"]), containerOf(annotations["test/native"])];
  const pod = template?.spec;
  if (!job.spec || !template || !pod) return job;
  const spec = {
    ...pod,
    initContainers: [...(pod.initContainers ?? []), ...native.map((one) => ({ ...one, restartPolicy: "Always" }))],
    containers: [...pod.containers, ...plain],
  };
  return { ...job, spec: { ...job.spec, template: { ...template, spec } } };
};

const containerOf = (text: string | undefined): Container[] => {
  const [, name, script] = /^([^=]+)=(.*)$/.exec(text ?? "") ?? [];
  if (!name || !script) return [];
  return [{ name, image: testImage, imagePullPolicy: "IfNotPresent", command: ["sh", "-c", script] }];
};
