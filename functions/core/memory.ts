// How long a run is remembered by its Jobs alone: a fresh event that comes again finds them, of an older one Keptn is asked.

import type { Job } from "./kubernetes.ts";
import { failureOf } from "./run-state.ts";

/** An event is fresh for so long after its `time`. Not a setting: old and new versions of a function have to agree on it. */
export const freshSeconds = 15;

/**
 * A Job stays at least so long after its run was reported, whatever its TTL: until no event of it is fresh any more, nor any
 * start-job under way that asked Keptn about it before.
 */
const rememberedSeconds = 60;

/** How old the oldest thing that Keptn said of an event may be when its Jobs are created: what is left is for the requests. */
export const askedWithinSeconds = 40;

/** Kubernetes counts a TTL from the Job's end, which can be long ago when its run is reported. */
export const ttlSecondsOf = (job: Job, wantedSeconds: number, nowMs: number): number => {
  const ended = job.status?.completionTime ?? failureOf(job)?.lastTransitionTime;
  const endedMs = Date.parse(ended ?? "");
  const sinceEndSeconds = Number.isFinite(endedMs) ? Math.max(0, Math.ceil((nowMs - endedMs) / 1000)) : 0;
  return Math.max(wantedSeconds, sinceEndSeconds + rememberedSeconds);
};
