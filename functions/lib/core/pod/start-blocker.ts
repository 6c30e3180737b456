// What currently keeps a released task from starting: a container that waits, a missing sandbox, node or pod. Job status never shows it.
// start-timeout.ts decides how long it may last.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";
import { type KubernetesWarning, spanOf, stillFails } from "./kubernetes-warning.ts";
import { containersOfTask, hasStarted } from "./task-containers.ts";

/** Waiting reasons of a missing image. The kubelet keeps retrying, and shows the same reason meanwhile. */
export const imageReasons = new Set(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]);

/** Waiting reasons that end only after a change (kubelet: pkg/kubelet/images/types.go, kuberuntime_container.go). */
const containerReasons = new Set([
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
export const permanentReasons = new Set(["InvalidImageName", "ErrImageNeverPull"]);

/** Event reasons of a pod without sandbox or volumes (kubelet: pkg/kubelet/events/event.go; attach-detach controller). */
const sandboxReasons = new Set([
  "FailedMount",
  "FailedAttachVolume",
  "FailedMapVolume",
  "FailedCreatePodSandBox",
  "FailedPodSandBoxStatus",
  "FailedCreatePodContainer",
  "FailedPrepareDynamicResources",
  "NetworkNotReady",
]);

/** It may pass. */
export type StartBlocker =
  /** One of its containers waits, and `state.waiting` has the reason. */
  | { readonly kind: "container"; readonly status: ContainerStatus }
  /** Its pod has a node but no containers yet. Only warnings show whether there is a problem: see {@link sandboxFailureOf}. */
  | { readonly kind: "sandbox" }
  /** Its pod has no node, or it has no pod: a quota, an admission rule, a missing service account. */
  | { readonly kind: "no-node" }
  | { readonly kind: "no-pod" };

/** @param pod the Job's newest pod @returns undefined: it has started, or is about to */
export const startBlockerOf = (job: Job, pod: Pod | undefined): StartBlocker | undefined => {
  if (!pod) return hadPod(job) ? undefined : { kind: "no-pod" };
  const { own, init, nativeSidecars, plainSidecars } = containersOfTask(job, pod);
  // Waiting containers do not matter while the task itself runs: it will end.
  if (hasStarted(own) || own?.state?.terminated) return undefined;
  const stuck = [...init, ...nativeSidecars, ...(own ? [own] : []), ...plainSidecars].find(isStuck);
  if (stuck) return { kind: "container", status: stuck };
  if (pod.status?.startTime === undefined) return { kind: "no-node" };
  const all = [...init, ...nativeSidecars, ...plainSidecars];
  return all.some(({ state }) => state?.running || state?.terminated) || hasSandbox(pod)
    ? undefined
    : { kind: "sandbox" };
};

const isStuck = ({ state }: ContainerStatus): boolean => {
  const reason = state?.waiting?.reason ?? "";
  return permanentReasons.has(reason) || containerReasons.has(reason) || imageReasons.has(reason);
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

/** Why a pod has no containers yet: its latest warning, while that repeats. */
export const sandboxFailureOf = (pod: Pod | undefined, warnings: readonly KubernetesWarning[], nowMs: number) => {
  const about = warnings.filter(({ reason }) => sandboxReasons.has(reason));
  const said = about.at(-1);
  const span = spanOf(about.filter(({ reason }) => reason === said?.reason));
  if (!said || !span || !stillFails(span, nowMs)) return undefined;
  const what = said.reason === "FailedMount" || said.reason.includes("Volume") ? "a volume" : "the sandbox";
  return { said, firstMs: span.firstMs, what: `${what} of pod ${pod?.metadata?.name} is missing.` };
};
