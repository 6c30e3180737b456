// The end of a task's own container, noted on its Job when other containers keep the pod from ending.
import type { Job } from "../kubernetes.ts";
import type { LogText } from "../text/log-text.ts";
import { annotation } from "./annotations.ts";
import { type Fields, isLog, isOptional, isString, read } from "./parse-annotations.ts";

/** The record of a task whose Job is stopped because a sidecar does not end: the pod is deleted with its status and output. */
export interface OwnEnd {
  readonly exitCode: number;
  readonly reason?: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Its termination message (KEPTN_RESULT); Kubernetes keeps 4096 bytes of it. */
  readonly message?: string;
  /** The containers that kept the pod from ending, or made it fail. */
  readonly sidecars: readonly string[];
  /** Whether they were stopped; otherwise they failed. */
  readonly ranOn: boolean;
  /** Beginning and end of its output, cleaned for an event. */
  readonly log: LogText;
}

export const ownEndNoted = (job: Job): OwnEnd | undefined =>
  read(job.metadata?.annotations?.[annotation.ownEnd], (value): value is OwnEnd & Fields => {
    const { exitCode, reason, startedAt, finishedAt, message, sidecars, ranOn, log } = value;
    const texts = [reason, startedAt, finishedAt, message].every((one) => isOptional(one, isString));
    const names = Array.isArray(sidecars) && sidecars.every(isString) && typeof ranOn === "boolean";
    return Number.isInteger(exitCode) && texts && names && isLog(log);
  });
