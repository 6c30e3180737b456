// Until when a task is stopped: its pod's deadline, and the one of its Job.
import type { Settings } from "../settings.ts";

/** As in JES: how long a task may take that does not say. */
const defaultSeconds = 300;
/** What the Job's deadline leaves the pod to end politely (30 s) after its own. */
export const endSeconds = 60;

/** From the pod's start on a node on, image pull and init containers included: what the kubelet counts (`status.startTime`). */
export const podDeadlineSeconds = (
  maxPollDuration: number | undefined,
  settings: Pick<Settings, "TASK_DEADLINE_SECONDS">,
): number => {
  const own = maxPollDuration ?? defaultSeconds;
  return settings.TASK_DEADLINE_SECONDS > 0 ? Math.min(own, settings.TASK_DEADLINE_SECONDS) : own;
};

/** From its release on: it ends pods that no node took, which no kubelet sees, and never cuts one that a node took in time. */
export const jobDeadlineSeconds = (podSeconds: number, settings: Pick<Settings, "START_DEADLINE_SECONDS">): number =>
  settings.START_DEADLINE_SECONDS + podSeconds + endSeconds;
