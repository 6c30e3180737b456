// What the Jobs of a run ask for next, and nothing else: the one decision that start-job, finish-task and the sweep share.
import { graphEnd, graphStep, hasBegun } from "./graph-step.ts";
import type { End } from "./marks.ts";
import { createdMs } from "./object-meta.ts";
import { type OwnEnd, ownEndNoted } from "./own-end.ts";
import { type RunState, stateOf, type TaskState, wasReported } from "./run-state.ts";
import { type Stopped, stoppedNoted } from "./stopped.ts";

export type Step =
  /** Nothing to do now. */
  | { readonly kind: "wait"; readonly why: string }
  /** Send `.started` and release the first task. `ask`: somebody may have sent it already, Keptn knows. */
  | { readonly kind: "announce"; readonly ask: boolean }
  /** Nothing is before these tasks. */
  | { readonly kind: "release"; readonly tasks: readonly number[] }
  /** Of a run that goes on: the reason is to be noted on their Jobs, and these to be stopped. */
  | { readonly kind: "stop"; readonly tasks: readonly number[]; readonly stopped: Stopped }
  /** A task has ended, and its Job does not say so: to be noted on it, and the Job to be stopped. */
  | { readonly kind: "note-end"; readonly task: number; readonly end: OwnEnd }
  | { readonly kind: "report"; readonly end: End }
  /** Keptn no longer waits for this run (aborted, timed out): stop it and send nothing. */
  | { readonly kind: "abandon" }
  /** Reported, but some Jobs still have to be let go. */
  | { readonly kind: "tidy" }
  | { readonly kind: "over" };

export interface Situation {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Names this process in a claim. */
  readonly me: string;
  /** This delivery created the run's first Job: nobody else has announced it. */
  readonly owner: boolean;
  readonly leaseSeconds: number;
  readonly createGraceSeconds: number;
  /** The task whose pod can never start, and why, once its grace time is over. */
  readonly cannotStart?: { readonly task: number; readonly why: string };
  /** The task whose own container has ended, whatever its Job says, and how. */
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
  /** Keptn said that it no longer waits for an answer to the run's event. */
  readonly over?: boolean;
}

export const nextStep = (run: RunState, now: Situation): Step => {
  if (wasReported(run)) return run.tasks.every(isLetGo) ? { kind: "over" } : { kind: "tidy" };
  const held = heldByAnother(run, now);
  if (held) return held;
  if (now.over) return { kind: "abandon" };
  const hidden = run.marks.end ? undefined : hiddenEnd(run, now);
  if (hidden) return hidden;
  // Once claimed for its report it has ended: Keptn may know, whatever its Jobs come to say after that.
  const end = run.marks.end ?? endOf(run, now);
  if (end === "being-created") {
    return { kind: "wait", why: "its Jobs are being created" };
  }
  const announced = run.chain.silent || run.marks.announced !== undefined;
  const notYet = announced ? undefined : leftToOwner(run, now);
  if (notYet) return notYet;
  if (end) return { kind: "report", end };
  if (!announced) return { kind: "announce", ask: !isOwner(run, now) };
  if (run.chain.graph) return graphStep(run, run.chain.graph, now.cannotStart);
  const task = run.tasks.findIndex(({ phase }) => phase !== "succeeded");
  const isDue = run.tasks[task]?.phase === "waiting";
  return isDue ? { kind: "release", tasks: [task] } : { kind: "wait", why: "a task is running" };
};

/** Of a Job that says otherwise: once it is noted, the Job itself says it. */
const hiddenEnd = (run: RunState, { ownEnd }: Situation): Step | undefined => {
  const { phase, job } = run.tasks[ownEnd?.task ?? -1] ?? {};
  const says = phase === "running" || phase === "failed";
  return ownEnd && says && job && !ownEndNoted(job) && !stoppedNoted(job) ? { kind: "note-end", ...ownEnd } : undefined;
};

const isLetGo = ({ job }: TaskState): boolean => !job || stateOf(job) === "reported";

/** Another process said that it is about to send something; after the lease it counts as dead. */
const heldByAnother = (run: RunState, now: Situation): Step | undefined => {
  const claim = run.marks.claim;
  if (!claim || claim.by === now.me) return undefined;
  const untilMs = Date.parse(claim.at) + (claim.leaseSeconds ?? now.leaseSeconds) * 1000;
  return untilMs > now.nowMs ? { kind: "wait", why: `${claim.by} is at it` } : undefined;
};

/** The end of the run if its Jobs have decided it: the first task that did not succeed decides. */
const endOf = (run: RunState, now: Situation): End | "being-created" | undefined => {
  const missing = run.tasks.findIndex(({ phase }) => phase === "missing");
  if (run.marks.refused && missing >= 0) return { kind: "refused", task: missing, why: run.marks.refused };
  if (missing >= 0 && !run.marks.announced && newestMs(run) + now.createGraceSeconds * 1000 > now.nowMs) {
    return "being-created";
  }
  if (run.chain.graph && hasBegun(run)) return graphEnd(run, run.chain.graph);
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
 * Who created the first Job announces at once, while there is no doubt that it will be through before the lease ends. Anybody
 * else waits for the lease, also with the report of a run that came to nothing: until then the creator is at it, and Keptn may
 * not have counted yet what it sent.
 */
const leftToOwner = (run: RunState, now: Situation): Step | undefined => {
  const untilMs = createdMs(run.lead) + leaseMs(run, now);
  if (untilMs <= now.nowMs || isOwner(run, now)) return undefined;
  return { kind: "wait", why: "it was only just created" };
};

/** In the first third of the lease: in the second the event is sent, in the last one Keptn counts it. */
const isOwner = (run: RunState, now: Situation): boolean =>
  now.owner && now.nowMs < createdMs(run.lead) + leaseMs(run, now) / 3;

const leaseMs = ({ chain }: RunState, now: Situation): number => (chain.leaseSeconds ?? now.leaseSeconds) * 1000;

const newestMs = (run: RunState): number => Math.max(...run.tasks.map(({ job }) => (job ? createdMs(job) : 0)));
