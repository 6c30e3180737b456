// What keeps a released task from starting at this moment, read from its pod: Job status never shows it.
import type { ContainerStatus, Job, Pod } from "./kubernetes.ts";
import { containersOfTask, hasStarted } from "./task-containers.ts";

/** Waiting reasons of an image that is not there yet: the kubelet tries again and again, and says the same while it does. */
export const pulls = new Set(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]);

/** ... that end only when somebody changes something (kubelet: pkg/kubelet/images/types.go, kuberuntime_container.go). */
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

/** ... and those that no change outside the pod can end. */
export const hopeless = new Set(["InvalidImageName", "ErrImageNeverPull"]);

/** What keeps a task from starting at this moment. It may pass. */
export type Trouble =
  /** One of its containers waits, and `state.waiting` says why. */
  | { readonly kind: "container"; readonly status: ContainerStatus }
  /** Its pod has a node, and none of its containers could be made: only warnings tell why, if there is something wrong at all. */
  | { readonly kind: "sandbox" }
  /** Its pod has no node, or it has no pod: a quota, an admission rule, a missing service account. */
  | { readonly kind: "no-node" }
  | { readonly kind: "no-pod" };

/** @param pod the Job's newest one @returns undefined: it has started, or is about to */
export const troubleOf = (job: Job, pod: Pod | undefined): Trouble | undefined => {
  if (!pod) return hadPod(job) ? undefined : { kind: "no-pod" };
  const { own, init, nativeSidecars, plainSidecars } = containersOfTask(job, pod);
  // Whatever waits beside a task that runs: it will end, and until then nothing is wrong with it.
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

/** True once its volumes are there and its network is (Kubernetes 1.29 and later); images are pulled after that. */
const hasSandbox = ({ status }: Pod): boolean =>
  status?.conditions?.some((c) => c.type === "PodReadyToStartContainers" && c.status === "True") ?? false;

/** One that has just ended is not among the pods that are there, and its Job may not say yet that it is over. */
const hadPod = ({ status = {} }: Job): boolean => {
  const { active, succeeded, failed, terminating, uncountedTerminatedPods: uncounted } = status;
  return Boolean(
    active || succeeded || failed || terminating || uncounted?.succeeded?.length || uncounted?.failed?.length,
  );
};
