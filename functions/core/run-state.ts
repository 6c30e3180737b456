// Reads the Jobs of a run as one state: which tasks are where, and what the run remembers.
import type { Envelope } from "./keptn-event.ts";
import type { Job } from "./kubernetes.ts";
import {
  annotation,
  type Chain,
  type ChainLink,
  type Claim,
  type End,
  label,
  type Outcome,
  type State,
} from "./marks.ts";
import { ownEndNoted } from "./own-end.ts";
import { readChain, readClaim, readEnd, readEnvelope } from "./read-marks.ts";
import { stoppedNoted } from "./stopped.ts";

export type TaskPhase =
  /** Not there: never created, or deleted past our finalizer. */
  | "missing"
  /** Suspended, was never released. */
  | "waiting"
  | "running"
  | "succeeded"
  | "failed"
  /** Somebody deleted it before it ended; our finalizer keeps it until the run is reported. */
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
  /** The first Job that is there; it carries the marks. */
  readonly lead: Job;
  readonly marks: Marks;
}

interface Marks {
  /** RFC 3339; undefined: no `.started` was noted. */
  readonly announced?: string;
  readonly claim?: Claim;
  /** How the run ended; undefined: nobody claimed its report yet. */
  readonly end?: End;
  /** Why Kubernetes refused one of the run's Jobs; undefined: it did not. */
  readonly refused?: string;
  /** Run ids of siblings that Kubernetes refused: they have no Job. Not there: it refused none that is known of. */
  readonly refusedSiblings?: readonly string[];
  /** RFC 3339: since when Keptn says that it no longer waits; undefined: it does not. */
  readonly over?: string;
  /** RFC 3339; undefined: no `.finished` was noted. */
  readonly reported?: string;
  /** undefined: it was not reported, or the Job that carried this is gone. */
  readonly outcome?: Outcome;
}

export const runIdOfJob = (job: Job): string | undefined => job.metadata?.labels?.[label.run];

/**
 * @param jobs Jobs of one run, as the API server has them
 * @returns undefined when none of them is one of ours (no Job, or annotations that cannot be read)
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

/** The state label of a Job; a Job without one was not made by us. */
export const stateOf = (job: Job): State | undefined => job.metadata?.labels?.[label.state] as State | undefined;

/** No Job is let go before its run was reported; the one with the mark can be gone before the others. */
export const wasReported = (run: RunState): boolean =>
  run.marks.reported !== undefined || run.tasks.some(({ job }) => job && stateOf(job) === "reported");

/**
 * What is noted of the task's own container counts before what a sidecar made of its Job. Kubernetes sets SuccessCriteriaMet and
 * FailureTarget a moment before Complete and Failed (1.31 and later); the outcome is decided with them.
 */
export const phaseOf = (job: Job): Exclude<TaskPhase, "missing"> => {
  const holds = (type: string) => job.status?.conditions?.some((c) => c.type === type && c.status === "True");
  if (stoppedNoted(job)) return "failed"; // whatever its Job came to after that: others may have started for it
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
