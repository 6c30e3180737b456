// Classifies the containers of a task's pod: the task's own, injected sidecars, and init containers.
import type { ContainerStatus, Job, Pod } from "../kubernetes.ts";

export interface TaskContainers {
  /** The task's own, named like its Job (see makeTaskContainer). Undefined: the kubelet has not reported it yet. */
  readonly own: ContainerStatus | undefined;
  /** Init containers, which end before the task's own starts. */
  readonly init: readonly ContainerStatus[];
  /** Sidecars that the pod waits for before it ends. */
  readonly plainSidecars: readonly ContainerStatus[];
  /** Init containers with `restartPolicy: Always`: the kubelet stops them, with 137 or 143, after all others have ended. */
  readonly nativeSidecars: readonly ContainerStatus[];
}

/** Identified by name: the kubelet sorts `containerStatuses` by name (pkg/kubelet/types/types.go, SortedContainerStatuses). */
export const containersOfTask = (job: Job, pod: Pod | undefined): TaskContainers => {
  const { containerStatuses = [], initContainerStatuses = [] } = pod?.status ?? {};
  const own = containerStatuses.find(({ name }) => name === job.metadata?.name);
  const isNative = ({ name, state }: ContainerStatus): boolean =>
    pod?.spec?.initContainers?.some((one) => one.name === name && one.restartPolicy === "Always") ||
    // An ordinary init container has ended with 0 before the task's own starts.
    (hasStarted(own) && state?.terminated?.exitCode !== 0);
  return {
    own,
    init: initContainerStatuses.filter((status) => !isNative(status)),
    plainSidecars: containerStatuses.filter((status) => status !== own),
    nativeSidecars: initContainerStatuses.filter(isNative),
  };
};

/** Whether it runs or has run. A program that could not be executed is `terminated` too, with its start in 1970 (containerd). */
export const hasStarted = (status: Pick<ContainerStatus, "state"> | undefined): boolean => {
  const { running, terminated } = status?.state ?? {};
  if (!terminated) return running !== undefined;
  return !neverStarted.has(terminated.reason ?? "") && !isEpoch(terminated.startedAt);
};

/** Why the scheduler finds no node for it, if so. */
export const unscheduledOf = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");

/** Reasons of a `terminated` container whose program did not run (containerd; dockershim). */
const neverStarted = new Set(["StartError", "ContainerCannotRun"]);

/** RFC 3339; undefined: it never started, or the time is unknown. */
export const startOf = (status: Pick<ContainerStatus, "state"> | undefined): string | undefined =>
  hasStarted(status) ? (status?.state?.running?.startedAt ?? status?.state?.terminated?.startedAt) : undefined;

/** RFC 3339; undefined: it has not ended, or the time is unknown. */
export const endOfContainer = (status: Pick<ContainerStatus, "state"> | undefined): string | undefined => {
  const time = status?.state?.terminated?.finishedAt;
  return isEpoch(time) ? undefined : time;
};

const isEpoch = (time: string | undefined): boolean => time !== undefined && Date.parse(time) <= 0;
