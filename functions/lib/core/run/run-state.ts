// Reads the state of a run from its Jobs: the phases of its tasks, and the run's annotations.

import {
  annotation,
  type Chain,
  type ChainLink,
  type Claim,
  type End,
  label,
  type Outcome,
  type State,
} from "../annotations/marks.ts";
import { ownEndNoted } from "../annotations/own-end.ts";
import { readChain, readClaim, readEnd, readEnvelope } from "../annotations/read-marks.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import type { Envelope } from "../event/keptn-event.ts";
import type { Job } from "../kubernetes.ts";

export type TaskPhase =
  /** Never created, or deleted despite our finalizer. */
  | "missing"
  /** Suspended, never released. */
  | "waiting"
  | "running"
  | "succeeded"
  | "failed"
  /** Deleted before it ended; our finalizer keeps it until the run is reported. */
  | "deleted";

export interface TaskState {
  readonly link: ChainLink;
  readonly phase: TaskPhase;
  /** Undefined when missing. */
  readonly job?: Job;
}

export interface RunState {
  readonly id: string;
  readonly event: Envelope;
  readonly chain: Chain;
  readonly tasks: readonly TaskState[];
  /** The first Job that exists; it carries the run's annotations. */
  readonly lead: Job;
  readonly marks: Marks;
}

interface Marks {
  /** When `.started` was noted (RFC 3339). */
  readonly announced?: string;
  readonly claim?: Claim;
  /** How the run ended; undefined: its report has not been claimed yet. */
  readonly end?: End;
  /** Why Kubernetes refused one of the run's Jobs. */
  readonly refused?: string;
  /** Run IDs of siblings that Kubernetes refused: they have no Job. */
  readonly refusedSiblings?: readonly string[];
  /** Since when Keptn says that it no longer waits (RFC 3339). */
  readonly over?: string;
  /** When `.finished` was noted (RFC 3339). */
  readonly reported?: string;
  /** Undefined: not reported, or the Job with this annotation is gone. */
  readonly outcome?: Outcome;
}

export const runIdOfJob = (job: Job): string | undefined => job.metadata?.labels?.[label.run];

/**
 * @param jobs Jobs of one run, as the API server returned them
 * @returns undefined if none of them is ours (no Job, or malformed annotations)
 */
export const readRun = (jobs: readonly Job[]): RunState | undefined => {
  const found = firstOfOurs(jobs);
  if (!found) return undefined;
  const { id, chain, event } = found;
  const ours = jobs.filter((job) => runIdOfJob(job) === id);
  const tasks = chain.jobs.map((link): TaskState => {
    const job = ours.find(({ metadata }) => metadata?.namespace === link.namespace && metadata?.name === link.name);
    return job ? { link, phase: phaseOf(job), job } : { link, phase: "missing" };
  });
  const lead = tasks.find(({ job }) => job)?.job;
  return lead && { id, event, chain, tasks, lead, marks: marksOf(lead, tasks.length) };
};

const firstOfOurs = (jobs: readonly Job[]) => {
  for (const job of jobs) {
    const { [annotation.chain]: chainText, [annotation.event]: eventText } = job.metadata?.annotations ?? {};
    const [id, chain, event] = [runIdOfJob(job), readChain(chainText), readEnvelope(eventText)];
    if (chain && event) return id ? { id, chain, event } : undefined;
  }
  return undefined;
};

/** The state label of a Job. Jobs without it are not ours. */
export const stateOf = (job: Job): State | undefined => job.metadata?.labels?.[label.state] as State | undefined;

/** A finalized Job also proves it: no Job is finalized before its run is reported, and the Job with the annotation can be gone first. */
export const wasReported = (run: RunState): boolean =>
  run.marks.reported !== undefined || run.tasks.some(({ job }) => job && stateOf(job) === "reported");

/**
 * A noted end of the task's own container overrides a failure that a sidecar caused. Kubernetes sets SuccessCriteriaMet and
 * FailureTarget shortly before Complete and Failed (1.31 and later); they already decide the outcome.
 */
export const phaseOf = (job: Job): Exclude<TaskPhase, "missing"> => {
  const holds = (type: string) => job.status?.conditions?.some((c) => c.type === type && c.status === "True");
  if (stoppedNoted(job)) return "failed"; // regardless of the Job's later end: other tasks may have started because of it
  if (holds("Complete") || holds("SuccessCriteriaMet")) return "succeeded";
  const own = ownEndNoted(job);
  if (own) return own.exitCode === 0 ? "succeeded" : "failed";
  if (holds("Failed") || holds("FailureTarget")) return "failed";
  if (job.metadata?.deletionTimestamp) return "deleted";
  return job.spec?.suspend ? "waiting" : "running";
};

type JobCondition = NonNullable<NonNullable<Job["status"]>["conditions"]>[number];

/** The condition that made a Job fail, with reason and message in Kubernetes' words. */
export const failureOf = (job: Job): JobCondition | undefined =>
  job.status?.conditions?.find((c) => (c.type === "Failed" || c.type === "FailureTarget") && c.status === "True");

const marksOf = (job: Job, tasks: number): Marks => {
  const noted = (name: string) => job.metadata?.annotations?.[name] || undefined;
  const [announced, reported] = [noted(annotation.announced), noted(annotation.reported)];
  const [refused, claim] = [noted(annotation.refused), readClaim(noted(annotation.claim))];
  const [over, refusedSiblings] = [noted(annotation.over), noted(annotation.refusedSiblings)?.split(",")];
  const outcome = noted(annotation.outcome) as Outcome | undefined;
  const end = readEnd(noted(annotation.end), tasks);
  return {
    ...(announced && { announced }),
    ...(reported && { reported }),
    ...(refused && { refused }),
    ...(refusedSiblings && { refusedSiblings }),
    ...(claim && { claim }),
    ...(over && { over }),
    ...(outcome && { outcome }),
    ...(end && { end }),
  };
};
