// The end of a task's own container, as it is noted on its Job while other containers keep the pod from ending.
import type { Job } from "./kubernetes.ts";
import type { LogText } from "./log-text.ts";
import { annotation } from "./marks.ts";
import { type Fields, isLog, isOptional, read } from "./read-marks.ts";

/** What is left of a task whose Job is stopped for a sidecar that does not end: its pod goes with its status and output. */
export interface OwnEnd {
  readonly exitCode: number;
  readonly reason?: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Its termination message (KEPTN_RESULT); Kubernetes keeps 4096 bytes of it. */
  readonly message?: string;
  /** The containers that kept its pod from ending, or made it fail. */
  readonly sidecars: readonly string[];
  /** They were stopped; else they failed. */
  readonly ranOn: boolean;
  /** Both ends of its output, as it may stand in an event. */
  readonly log: LogText;
}

/** @returns undefined when there is none, or none in our form */
export const ownEndNoted = (job: Job): OwnEnd | undefined =>
  read(job.metadata?.annotations?.[annotation.ownEnd], (value): value is OwnEnd & Fields => {
    const { exitCode, reason, startedAt, finishedAt, message, sidecars, ranOn, log } = value;
    const texts = [reason, startedAt, finishedAt, message].every((one) => isOptional(one, isText));
    const names = Array.isArray(sidecars) && sidecars.every(isText) && typeof ranOn === "boolean";
    return Number.isInteger(exitCode) && texts && names && isLog(log);
  });

const isText = (value: unknown): value is string => typeof value === "string";
