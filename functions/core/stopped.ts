// A task of a graph that was stopped before its end, while its run goes on: noted on its Job.
import type { Job } from "./kubernetes.ts";
import type { LogText } from "./log-text.ts";
import { annotation } from "./marks.ts";
import { type Fields, isLog, isOptional, read } from "./read-marks.ts";

export interface Stopped {
  /** `fail-fast`: another task failed. It has done nothing wrong itself. */
  readonly because: "cannot-start" | "fail-fast";
  /** Goes on after "it could not start: " or "it was stopped: ". */
  readonly why: string;
  /** What is left of its output: its pod goes. */
  readonly log?: LogText;
}

/** @returns undefined when there is none, or none in our form */
export const stoppedNoted = (job: Job): Stopped | undefined =>
  read(job.metadata?.annotations?.[annotation.stopped], (value): value is Stopped & Fields => {
    const { because, why, log } = value;
    return (because === "cannot-start" || because === "fail-fast") && typeof why === "string" && isOptional(log, isLog);
  });
