// What currently keeps a released task from starting, read from its pod: Job status never shows it.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { containersOfTask, hasStarted } from "./task-containers.ts";

/** Waiting reasons of a missing image. The kubelet keeps retrying, and shows the same reason meanwhile. */
export const pulls = new Set(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]);

/** Waiting reasons that end only after a change (kubelet: pkg/kubelet/images/types.go, kuberuntime_container.go). */
const troubles = new Set([
  "ImageInspectError",
  "SignatureValidationFailed",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
]);

/** Waiting reasons that no change outside the pod can end. */
export const hopeless = new Set(["InvalidImageName", "ErrImageNeverPull"]);

/** What currently keeps a task from starting. It may pass. */
export type Trouble =
  /** One of its containers waits, and `state.waiting` has the reason. */
  | { readonly kind: "container"; readonly status: ContainerStatus }
  /** Its pod has a node but no containers yet. Only warnings show whether there is a problem. */
  | { readonly kind: "sandbox" }
  /** Its pod has no node, or it has no pod: a quota, an admission rule, a missing service account. */
  | { readonly kind: "no-node" }
  | { readonly kind: "no-pod" };

/** @param pod the Job's newest pod @returns undefined: it has started, or is about to */
export const troubleOf = (job: Job, pod: Pod | undefined): Trouble | undefined => {
  if (!pod) return hadPod(job) ? undefined : { kind: "no-pod" };
  const { own, init, nativeSidecars, plainSidecars } = containersOfTask(job, pod);
  // Waiting containers do not matter while the task itself runs: it will end.
  if (hasStarted(own) || own?.state?.terminated) return undefined;
  const mine = own ? [own] : [];
  const stuck = [...init, ...nativeSidecars, ...mine, ...plainSidecars].find(isStuck);
  if (stuck) return { kind: "container", status: stuck };
  if (pod.status?.startTime === undefined) return { kind: "no-node" };
  const all = [...init, ...nativeSidecars, ...plainSidecars];
  return all.some(({ state }) => state?.running || state?.terminated) || hasSandbox(pod)
    ? undefined
    : { kind: "sandbox" };
};

const isStuck = ({ state }: ContainerStatus): boolean => {
  const reason = state?.waiting?.reason ?? "";
  return hopeless.has(reason) || troubles.has(reason) || pulls.has(reason);
};

/** True once its volumes and network are ready (Kubernetes 1.29 and later). Images are pulled after that. */
const hasSandbox = ({ status }: Pod): boolean =>
  status?.conditions?.some((c) => c.type === "PodReadyToStartContainers" && c.status === "True") ?? false;

/** A pod that has just ended may already be gone while its Job does not show the end yet. */
const hadPod = ({ status = {} }: Job): boolean => {
  const { active, succeeded, failed, terminating, uncountedTerminatedPods: uncounted } = status;
  return Boolean(
    active || succeeded || failed || terminating || uncounted?.succeeded?.length || uncounted?.failed?.length,
  );
};
