// The note on a Job whose task counts as failed from then on, usually because we stopped it while its run continues.
import type { Job } from "../kubernetes.ts";
import type { LogText } from "../text/log-text.ts";
import { annotation } from "./annotations.ts";
import { type Fields, isLog, isOptional, read } from "./parse-annotations.ts";

const reasons = ["cannot-start", "fail-fast", "deleted", "unread"] as const;

export interface Stopped {
  /**
   * `fail-fast`: another task failed, not this one. `deleted`: somebody deleted its Job, whose pod may still be running. `unread`: its Job
   * failed, and nobody may list its pods, which could show that its own container passed.
   */
  readonly because: (typeof reasons)[number];
  /** Continues "it could not start: ", "it was stopped: " or "it did not end: "; for `unread`, whole sentences. */
  readonly why: string;
  /** Its output, since its pod is deleted. */
  readonly log?: LogText;
}

export const stoppedNoted = (job: Job): Stopped | undefined =>
  read(job.metadata?.annotations?.[annotation.stopped], (value): value is Stopped & Fields => {
    const { because, why, log } = value;
    return reasons.some((one) => one === because) && typeof why === "string" && isOptional(log, isLog);
  });
