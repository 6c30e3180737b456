// Tells from a pod why it does not start: what Job status never shows.
import type { ContainerStatus, Job, Pod } from "./kubernetes.ts";
import { cleanText } from "./log-text.ts";

/** Waiting reasons that end only when somebody changes something (kubelet: pkg/kubelet/images/types.go, kuberuntime_container.go). */
const troubles = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
]);

/** ... and those that no change outside the pod can end. */
const hopeless = new Set(["InvalidImageName", "ErrImageNeverPull"]);

export interface Patience {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly graceSeconds: number;
}

/** @returns why this pod cannot start, in Kubernetes' words; undefined while it may still start, or has */
export const startProblemOf = (pod: Pod, { nowMs, graceSeconds }: Patience): string | undefined => {
  const init = pod.status?.initContainerStatuses ?? [];
  const stuck = stuckContainerOf(pod);
  if (!stuck) return undefined;
  const patient = !hopeless.has(stuck.state?.waiting?.reason ?? "") && nowMs - sinceMs(pod, init) < graceSeconds * 1000;
  return patient ? undefined : describe(stuck);
};

/** The container that keeps it from starting at this moment: `state.waiting` says why. It may pass. */
export const stuckContainerOf = ({ status }: Pod): ContainerStatus | undefined =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(({ state }) => {
    const reason = state?.waiting?.reason ?? "";
    return hopeless.has(reason) || troubles.has(reason);
  });

/** A waiting state has no time of its own: it can begin when the pod does, or when its last init container ended. */
const sinceMs = (pod: Pod, init: readonly ContainerStatus[]): number => {
  const times = [
    pod.status?.startTime,
    pod.metadata?.creationTimestamp,
    ...init.map(({ state }) => state?.terminated?.finishedAt),
  ];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? "") || 0));
};

const describe = ({ name, image, state }: ContainerStatus): string => {
  const { reason, message } = state?.waiting ?? {};
  return `container ${name} (image ${image}): ${reason}${message ? `: ${cleanText(message).trim()}` : ""}.`;
};

/** Scheduled, but still without a container past the grace time: a volume may be missing, which only Events tell. */
export const isOverdue = (pod: Pod, { nowMs, graceSeconds }: Patience): boolean =>
  pod.status?.phase === "Pending" &&
  pod.status.startTime !== undefined &&
  nowMs - sinceMs(pod, pod.status.initContainerStatuses ?? []) >= graceSeconds * 1000;

/** A released Job without any pod past the grace time: something refuses its pods (quota, admission, service account). */
export const lacksPods = (job: Job, pods: readonly Pod[], { nowMs, graceSeconds }: Patience): boolean => {
  const startedMs = Date.parse(job.status?.startTime ?? "");
  return pods.length === 0 && Number.isFinite(startedMs) && nowMs - startedMs >= graceSeconds * 1000;
};
