// Decides the next step of a run from its Jobs. start-job, finish-task and the sweep share this decision.
import type { End } from "../annotations/annotations.ts";
import { type OwnEnd, ownEndNoted } from "../annotations/own-end.ts";
import { type Stopped, stoppedNoted } from "../annotations/stopped.ts";
import { createdMs } from "../object-meta.ts";
import { graphEnd, graphStep, hasBegun } from "./graph-step.ts";
import { newestJobMs, type RunState, stateOf, type TaskState, wasReported } from "./run-state.ts";

export type Step =
  /** Nothing to do for now. */
  | { readonly kind: "wait"; readonly why: string }
  /** Send `.started` and release the first task. `ask`: another delivery may have sent it, so ask Keptn. */
  | { readonly kind: "announce"; readonly ask: boolean }
  /** These tasks have nothing left to wait for. */
  | { readonly kind: "release"; readonly tasks: readonly number[] }
  /** The run continues: note the reason on these tasks' Jobs and stop them. */
  | { readonly kind: "stop"; readonly tasks: readonly number[]; readonly stopped: Stopped }
  /** A task has ended, but its Job does not show it: note the end on the Job and stop it. */
  | { readonly kind: "note-end"; readonly task: number; readonly end: OwnEnd }
  | { readonly kind: "report"; readonly end: End }
  /** Keptn no longer waits for this run (aborted, timed out): stop it and send nothing. */
  | { readonly kind: "abandon" }
  /** Reported, but some Jobs are not finalized yet. */
  | { readonly kind: "finalize" }
  | { readonly kind: "over" };

/** What Job status does not show. */
export interface Findings {
  /** The task whose pod can never start, and why, after its grace period. */
  readonly cannotStart?: { readonly task: number; readonly why: string };
  /** The task whose own container has ended, regardless of its Job's status, and how. */
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
  /** Keptn said that it no longer waits for an answer to the run's event. */
  readonly over?: boolean;
}

export interface Situation extends Findings {
  readonly nowMs: number;
  /** Identifies this delivery in a lease. */
  readonly holderIdentity: string;
  /** This delivery created the run's first Job: no other has announced it. */
  readonly owner: boolean;
  readonly leaseSeconds: number;
  readonly createGraceSeconds: number;
}

export const nextStep = (run: RunState, now: Situation): Step => {
  if (wasReported(run)) return run.tasks.every(isFinalized) ? { kind: "over" } : { kind: "finalize" };
  const held = heldByAnother(run, now);
  if (held) return held;
  if (now.over) return { kind: "abandon" };
  const hidden = run.annotations.end ? undefined : hiddenEnd(run, now);
  if (hidden) return hidden;
  // The lease to report fixes the end: Keptn may already know it, even if the Jobs change after that.
  const end = run.annotations.end ?? endOf(run, now);
  if (end === "being-created") return { kind: "wait", why: "its Jobs are being created" };
  const announced = run.spec.silent || run.annotations.announced !== undefined;
  const notYet = announced ? undefined : leftToOwner(run, now);
  if (notYet) return notYet;
  if (end) return { kind: "report", end };
  if (!announced) return { kind: "announce", ask: !isOwner(run, now) };
  if (run.spec.graph) return graphStep(run, run.spec.graph, now.cannotStart);
  const task = run.tasks.findIndex(({ phase }) => phase !== "succeeded");
  const isDue = run.tasks[task]?.phase === "waiting";
  return isDue ? { kind: "release", tasks: [task] } : { kind: "wait", why: "a task is running" };
};

/** For a Job that does not show this end. Once noted, the Job shows it. */
const hiddenEnd = (run: RunState, { ownEnd }: Situation): Step | undefined => {
  const { phase, job } = run.tasks[ownEnd?.task ?? -1] ?? {};
  const says = phase === "running" || phase === "failed";
  return ownEnd && says && job && !ownEndNoted(job) && !stoppedNoted(job) ? { kind: "note-end", ...ownEnd } : undefined;
};

const isFinalized = ({ job }: TaskState): boolean => !job || stateOf(job) === "reported";

/** Another delivery is about to send something. When its lease expires, it counts as dead. */
const heldByAnother = (run: RunState, now: Situation): Step | undefined => {
  const lease = run.annotations.lease;
  if (!lease || lease.holderIdentity === now.holderIdentity) return undefined;
  const untilMs = Date.parse(lease.renewTime) + (lease.leaseSeconds ?? now.leaseSeconds) * 1000;
  return untilMs > now.nowMs ? { kind: "wait", why: `${lease.holderIdentity} holds the lease` } : undefined;
};

/** The end of the run if its Jobs determine it: the first task that did not succeed decides. */
const endOf = (run: RunState, now: Situation): End | "being-created" | undefined => {
  const missing = run.tasks.findIndex(({ phase }) => phase === "missing");
  if (run.annotations.refused && missing >= 0) return { kind: "refused", task: missing, why: run.annotations.refused };
  if (missing >= 0 && !run.annotations.announced && newestJobMs(run) + now.createGraceSeconds * 1000 > now.nowMs)
    return "being-created";
  if (run.spec.graph && hasBegun(run)) return graphEnd(run, run.spec.graph);
  const deleted = run.tasks.findIndex(({ phase }) => phase === "deleted");
  const failed = run.tasks.findIndex(({ phase }) => phase === "failed");
  if (failed >= 0) return { kind: "failed", task: failed };
  if (deleted >= 0) return { kind: "deleted", task: deleted };
  if (missing >= 0) return { kind: "incomplete", task: missing };
  const task = run.tasks.findIndex(({ phase }) => phase !== "succeeded");
  if (task < 0) return { kind: "passed" };
  return now.cannotStart?.task === task && run.tasks[task]?.phase === "running"
    ? { kind: "could-not-start", ...now.cannotStart }
    : undefined;
};

/**
 * The creator of the first Job announces at once, as long as that certainly ends before the lease does. Any other delivery waits for the
 * lease, even to report a run that failed to start: until then the creator is active, and Keptn may not have counted its events yet.
 */
const leftToOwner = (run: RunState, now: Situation): Step | undefined => {
  const untilMs = createdMs(run.lead) + leaseMs(run, now);
  if (untilMs <= now.nowMs || isOwner(run, now)) return undefined;
  return { kind: "wait", why: "it was just created" };
};

/** Only in the first third of the lease: the second is for sending the event, the last for Keptn to count it. */
const isOwner = (run: RunState, now: Situation): boolean =>
  now.owner && now.nowMs < createdMs(run.lead) + leaseMs(run, now) / 3;

const leaseMs = ({ spec }: RunState, now: Situation): number => (spec.leaseSeconds ?? now.leaseSeconds) * 1000;
