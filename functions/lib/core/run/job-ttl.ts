// How long a Job stays after its run was reported: redelivered events that are fresh find it, for older ones Keptn is asked.
import type { Job } from "../kubernetes.ts";
import { failureOf } from "./run-state.ts";

/** How long after its `time` an event is fresh. Not a setting: old and new versions of a function must agree on it. */
export const freshSeconds = 15;

/**
 * Minimum time that a Job stays after its run was reported, regardless of its TTL: until its event is no longer fresh, and no start-job
 * is running that asked Keptn about it before.
 */
const retainSeconds = 60;

/** Maximum age of Keptn's oldest answer about an event when its Jobs are created. The rest of the window is for the requests. */
export const askedWithinSeconds = 40;

/** Kubernetes counts the TTL from the Job's end, which can be long before its run is reported. */
export const ttlSecondsOf = (job: Job, wantedSeconds: number, nowMs: number): number => {
  const ended = job.status?.completionTime ?? failureOf(job)?.lastTransitionTime;
  const endedMs = Date.parse(ended ?? "");
  const sinceEndSeconds = Number.isFinite(endedMs) ? Math.max(0, Math.ceil((nowMs - endedMs) / 1000)) : 0;
  return Math.max(wantedSeconds, sinceEndSeconds + retainSeconds);
};
