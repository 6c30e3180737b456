// Reads the state of a run from its Jobs: the phases of its tasks, and the run's annotations.
import {
  annotation,
  type End,
  type Lease,
  label,
  type Outcome,
  type RunSpec,
  type Sibling,
  type State,
  type TaskRef,
} from "../annotations/annotations.ts";
import { ownEndNoted } from "../annotations/own-end.ts";
import { parseEnd, parseEnvelope, parseLease, parseRunSpec } from "../annotations/parse-annotations.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import type { Envelope } from "../event/keptn-event.ts";
import type { Job } from "../kubernetes.ts";
import { createdMs } from "../object-meta.ts";

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
  readonly ref: TaskRef;
  readonly phase: TaskPhase;
  /** Undefined when missing. */
  readonly job?: Job;
}

export interface RunState {
  readonly id: string;
  readonly event: Envelope;
  readonly spec: RunSpec;
  readonly tasks: readonly TaskState[];
  /** It carries the run's annotations: the Job with the noted end, even if a redelivery then creates an earlier one, or the first one. */
  readonly lead: Job;
  readonly annotations: RunAnnotations;
}

interface RunAnnotations {
  /** When `.started` was noted (RFC 3339). */
  readonly announced: string | undefined;
  readonly lease: Lease | undefined;
  /** How the run ended; undefined: no delivery has taken the lease to report it. */
  readonly end: End | undefined;
  /** Why Kubernetes refused one of the run's Jobs. */
  readonly refused: string | undefined;
  /** Run IDs of siblings that Kubernetes refused: they have no Job. */
  readonly refusedSiblings: readonly string[] | undefined;
  /** Since when Keptn says that it no longer waits (RFC 3339). */
  readonly over: string | undefined;
  /** When `.finished` was noted (RFC 3339). */
  readonly reported: string | undefined;
  /** Undefined: not reported, or the Job with this annotation is gone. */
  readonly outcome: Outcome | undefined;
}

export const runIdOfJob = (job: Job): string | undefined => job.metadata?.labels?.[label.run];

/**
 * @param jobs Jobs of one run, as the API server returned them
 * @returns undefined if none of them is ours (no Job, or malformed annotations)
 */
export const readRun = (jobs: readonly Job[]): RunState | undefined => {
  const found = firstOfOurs(jobs);
  if (!found) return undefined;
  const { id, spec, event } = found;
  const ours = jobs.filter((job) => runIdOfJob(job) === id);
  const tasks = spec.jobs.map((ref): TaskState => {
    const job = ours.find(({ metadata }) => metadata?.namespace === ref.namespace && metadata?.name === ref.name);
    return job ? { ref, phase: phaseOf(job), job } : { ref, phase: "missing" };
  });
  const ended = tasks.find(({ job }) => job?.metadata?.annotations?.[annotation.end]);
  const lead = (ended ?? tasks.find(({ job }) => job))?.job;
  return lead && { id, event, spec, tasks, lead, annotations: annotationsOf(lead, tasks.length) };
};

const firstOfOurs = (jobs: readonly Job[]) => {
  for (const job of jobs) {
    const { [annotation.spec]: specText, [annotation.event]: eventText } = job.metadata?.annotations ?? {};
    const [id, spec, event] = [runIdOfJob(job), parseRunSpec(specText), parseEnvelope(eventText)];
    if (spec && event) return id ? { id, spec, event } : undefined;
  }
  return undefined;
};

/** When its newest Job was created. */
export const newestJobMs = ({ tasks }: RunState): number =>
  Math.max(...tasks.map(({ job }) => (job ? createdMs(job) : 0)));

/** The state label of a Job. Jobs without it are not ours. */
export const stateOf = (job: Job): State | undefined => job.metadata?.labels?.[label.state] as State | undefined;

/** A finalized Job also proves it: no Job is finalized before its run is reported, and the Job with the annotation can be gone first. */
export const wasReported = (run: RunState): boolean =>
  run.annotations.reported !== undefined || run.tasks.some(({ job }) => job && stateOf(job) === "reported");

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

/** @returns a name for the end of this Job; undefined until it ends */
export const endOfJob = (job: Job): string | undefined => {
  const phase = phaseOf(job);
  const { namespace, name, uid } = job.metadata ?? {};
  return phase === "succeeded" || phase === "failed" ? `${namespace}/${name}/${uid} ${phase}` : undefined;
};

type JobCondition = NonNullable<NonNullable<Job["status"]>["conditions"]>[number];

/** The condition that made a Job fail, with reason and message in Kubernetes' words. */
export const failureOf = (job: Job): JobCondition | undefined =>
  job.status?.conditions?.find((c) => (c.type === "Failed" || c.type === "FailureTarget") && c.status === "True");

const annotationsOf = (job: Job, tasks: number): RunAnnotations => {
  const noted = (name: string) => job.metadata?.annotations?.[name] || undefined;
  return {
    announced: noted(annotation.announced),
    reported: noted(annotation.reported),
    refused: noted(annotation.refused),
    refusedSiblings: noted(annotation.refusedSiblings)?.split(","),
    lease: parseLease(noted(annotation.claim)),
    over: noted(annotation.over),
    outcome: noted(annotation.outcome) as Outcome | undefined,
    end: parseEnd(noted(annotation.end), tasks),
  };
};

/** Missing in runs of version 0.1.0, which are reported as in that version. */
export const siblingsOf = ({ spec }: RunState): readonly Sibling[] => spec.siblings ?? [];
