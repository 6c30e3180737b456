// Deadlines of a task's pod and Job.
import type { Settings } from "../settings/settings.ts";

/** Default duration limit of a task, as in JES. */
const defaultSeconds = 300;
/** Time that the Job's deadline leaves for a graceful end (30 s) after the pod's deadline. */
export const endSeconds = 60;
/** A Job whose `activeDeadlineSeconds` is this is stopped: it has expired right after the release. */
export const expiredDeadlineSeconds = 1;

/** Counts from the pod's start on a node (`status.startTime`, as the kubelet does), including image pull and init containers. */
export const podDeadlineSeconds = (
  maxPollDuration: number | undefined,
  settings: Pick<Settings, "TASK_DEADLINE_SECONDS">,
): number => {
  const own = maxPollDuration ?? defaultSeconds;
  return settings.TASK_DEADLINE_SECONDS > 0 ? Math.min(own, settings.TASK_DEADLINE_SECONDS) : own;
};

/** Counts from the release. It ends pods that got no node, and never cuts short a pod that got one in time. */
export const jobDeadlineSeconds = (podSeconds: number, settings: Pick<Settings, "START_DEADLINE_SECONDS">): number =>
  settings.START_DEADLINE_SECONDS + podSeconds + endSeconds;
