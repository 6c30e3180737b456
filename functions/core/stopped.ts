// A task of a graph that was stopped before its end, while its run goes on: noted on its Job.
import type { Job } from "./kubernetes.ts";
import type { LogText } from "./log-text.ts";
import { annotation } from "./marks.ts";
import { isFields, isLog, isOptional } from "./read-marks.ts";

export interface Stopped {
  /** `fail-fast`: another task failed. It has done nothing wrong itself. */
  readonly because: "cannot-start" | "fail-fast";
  /** Goes on after "it could not start: " or "it was stopped: ". */
  readonly why: string;
  /** What is left of its output: its pod goes. */
  readonly log?: LogText;
}

/** @returns undefined when there is none, or none in our form */
export const stoppedNoted = (job: Job): Stopped | undefined => {
  const text = job.metadata?.annotations?.[annotation.stopped];
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStopped(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isStopped = (value: unknown): value is Stopped => {
  if (!isFields(value)) return false;
  const { because, why, log } = value;
  return (because === "cannot-start" || because === "fail-fast") && typeof why === "string" && isOptional(log, isLog);
};
