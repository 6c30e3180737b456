// What must hold at every step, and at the end.
import type { Job } from "../../functions/core/kubernetes.ts";
import { finalizer, label, runIdOf } from "../../functions/core/marks.ts";
import type { OutgoingEvent } from "../../functions/core/outgoing-event.ts";
import { stateOf } from "../../functions/core/run-state.ts";
import type { TaskCount } from "../doubles/keptn/shipyard.ts";
import type { ScenarioAction } from "./scenario.ts";

/** A broken invariant: `rule` is the same for all ways to break it. */
export class Violation extends Error {
  readonly rule: string;
  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** What is known of one event, beside what Keptn and Kubernetes know. */
export interface Known {
  readonly name: string;
  readonly eventId: string;
  readonly counted: boolean;
  readonly runs: ReadonlyMap<string, ScenarioAction>;
  /** start-job answered 204: from here on a lost answer is our fault. */
  accepted: boolean;
  /** A Job of it was created. */
  created: boolean;
  /** Somebody deleted one of its Jobs, aborted it, or Kubernetes refused a Job: it may fail for that. */
  disturbed: boolean;
}

export interface Checks {
  know(event: Known): void;
  sent(event: OutgoingEvent): void;
  counted(event: OutgoingEvent): void;
  podStarted(job: Job): void;
  podSucceeded(job: Job): void;
  expired(job: Job): void;
  jobsAndTimer(jobs: () => readonly Job[], timer: boolean): void;
  atEnd(jobs: readonly Job[], timer: boolean, countOf: (eventId: string) => TaskCount | undefined): void;
  eventOfRun(runId: string): Known | undefined;
}

export const makeChecks = (): Checks => {
  const events = new Map<string, Known>();
  const byRun = new Map<string, Known>();
  const times = new Map<string, number>();
  const note = (what: string): number => {
    const number = (times.get(what) ?? 0) + 1;
    times.set(what, number);
    return number;
  };
  const happened = (what: string): boolean => times.has(what);
  const describe = (job: Job): string => `${job.metadata?.labels?.[label.run]} ${job.metadata?.labels?.[label.task]}`;

  return {
    eventOfRun: (runId) => byRun.get(runId),
    know: (event) => {
      events.set(event.eventId, event);
      for (const runId of event.runs.keys()) byRun.set(runId, event);
    },
    sent: ({ type, source, triggeredid }) => {
      const event = events.get(triggeredid);
      const action = actionOf(event, source);
      if (!action || action.silent) throw new Violation("a silent run sends something", `${type} from ${source}`);
      const about = `${triggeredid} ${source}`;
      if (type.endsWith(".started")) note(`started ${about}`);
      else if (!happened(`started ${about}`)) throw new Violation("finished before started was sent", about);
      else note(`finished ${about}`);
    },
    counted: ({ type, source, triggeredid }) => {
      const about = `${type} of ${triggeredid} from ${source}`;
      if (type.endsWith(".started") && note(`counted ${about}`) > 1) throw new Violation("two started counted", about);
    },
    podStarted: (job) => {
      const index = Number(job.metadata?.labels?.[label.taskIndex]);
      const runId = job.metadata?.labels?.[label.run] ?? "";
      const event = byRun.get(runId);
      // Nobody but its Jobs remembers a silent run, or one that nobody counts: after they expired it runs again.
      if (happened(`expired ${runId}`) && (event?.runs.get(runId)?.silent || !event?.counted)) return;
      if (note(`pod ${runId} ${index}`) > 1) throw new Violation("a task ran twice", describe(job));
      if (index > 0 && !happened(`passed ${runId} ${index - 1}`))
        throw new Violation("a task ran before its turn", describe(job));
    },
    podSucceeded: (job) =>
      void note(`passed ${job.metadata?.labels?.[label.run]} ${Number(job.metadata?.labels?.[label.taskIndex])}`),
    expired: (job) => void note(`expired ${job.metadata?.labels?.[label.run]}`),
    jobsAndTimer: (jobs, timer) => {
      if (timer) return;
      const open = jobs().find((job) => stateOf(job) !== "reported");
      if (open) throw new Violation("a run without a timer", describe(open));
    },
    atEnd: (jobs, timer, countOf) => {
      for (const job of jobs) {
        if (stateOf(job) !== "reported") throw new Violation("a run was not reported", describe(job));
        if (job.metadata?.finalizers?.includes(finalizer)) throw new Violation("a finalizer is left", describe(job));
        throw new Violation("a Job is left behind", describe(job));
      }
      if (timer) throw new Violation("a timer without a run", "at the end");
      for (const event of events.values()) checkAnswered(event, countOf, happened);
    },
  };
};

const actionOf = (event: Known | undefined, source: string): ScenarioAction | undefined => {
  const [, number] = source.split("#");
  const actions = [...(event?.runs.values() ?? [])];
  return number ? actions[Number(number) - 1] : (actions.find(({ silent }) => !silent) ?? actions[0]);
};

const checkAnswered = (
  event: Known,
  countOf: (eventId: string) => TaskCount | undefined,
  happened: (what: string) => boolean,
): void => {
  const loud = [...event.runs].filter(([, { silent }]) => !silent);
  if (loud.length === 0 || !(event.accepted || event.created)) return;
  if (!event.counted) {
    if (!happened(`finished ${event.eventId} job-executor-service`))
      throw new Violation("nobody was told of a finished run", event.name);
    return;
  }
  const count = countOf(event.eventId);
  if (count?.state === "current" || count?.state === "waiting") {
    const { started, finished } = count;
    throw new Violation("a sequence hangs", `${event.name}: ${started} started, ${finished} finished counted`);
  }
  if (count?.state !== "complete") return;
  const passed = loud.every(([runId, { fates }]) => fates.every((_, index) => happened(`passed ${runId} ${index}`)));
  const result = count.result?.result;
  // Of two runs that answer, the first may complete Keptn's task alone.
  if (result === "pass" && !passed && loud.length === 1) throw new Violation("passed, but a task did not", event.name);
  const benign = loud.every(([, { fates }]) => fates.every(({ kind }) => kind === "succeeds"));
  if (result !== "pass" && benign && !event.disturbed)
    throw new Violation("failed, but nothing was wrong", `${event.name}: ${result}`);
};

export const runIdsOf = (eventId: string, actions: number): string[] =>
  Array.from({ length: actions }, (_, index) => runIdOf(eventId, index));
