// What the simulation knows of events and their runs, beside what Keptn and Kubernetes know.
import { isGraphThrough } from "./graph-checks.ts";
import { passesAtLast, type ScenarioAction } from "./scenario.ts";

export interface EventFacts {
  readonly name: string;
  readonly eventId: string;
  /** Keptn counts its answers. */
  readonly counted: boolean;
  readonly triggeredMs: number;
  readonly broken: boolean;
  /** Runs of its config, and of the one that it became while the event was open. */
  readonly plans: readonly (readonly RunFacts[])[];
  /** Of which plan the first Job was that was created: that plan counts. Not there: there was no Job yet. */
  plan?: number;
  /** Of the plan that counts; of the first one, as long as there was no Job. */
  runs: readonly RunFacts[];
  /** Its config became one that nobody can run, or that has no action for it. */
  unplanned: boolean;
  /** A delivery that found no Job of it answered it as a whole. */
  answeredWhole: boolean;
  /** When start-job first answered 204 to it: from then on a lost answer is our fault. */
  acceptedMs?: number;
  /** When Keptn gave it up, because nobody had answered, and nobody was about to. */
  timedOutMs?: number;
  aborted: boolean;
  /** Somebody deleted one of its Jobs or aborted it, or Kubernetes refused something: it may fail for that. */
  disturbed: boolean;
  /** Keptn said once that it knows nothing of it, although it did. */
  lostSight?: boolean;
  /** Keptn refused an answer for good. */
  refused: boolean;
}

export interface RunFacts {
  readonly id: string;
  readonly event: EventFacts;
  readonly action: ScenarioAction;
  /** Of its events. */
  readonly source: string;
  started: number;
  startedCounted: number;
  finished: number;
  /**
   * Somebody answered who could not see its Jobs: there were none yet when it looked, or never any. Two such deliveries, or one beside
   * Jobs that are created at the same moment, have nothing to meet at.
   */
  unseen: boolean;
  /** How many Jobs of it were created. */
  created: number;
  /** Deliveries of changes of its Jobs that were worth a look. */
  looks: number;
  firstFinishedMs?: number;
  /** When we last patched a Job of it. */
  patchedMs?: number;
  /** When it was noted on a Job that start-job never created all of them: whatever that does later, so it will be told. */
  incompleteMs?: number;
  /** All its tasks succeeded, in one of its lives: the report of a Job that somebody removed can be out behind the next one. */
  passed: boolean;
  /** The one that lasts, or the last one. */
  life: Life;
  /** Somebody removed all that was left of it, past its finalizer: nothing remembers it. */
  vanished: boolean;
}

/** From its first Job to the moment when none is there any more. */
export interface Life {
  readonly number: number;
  /** Tasks whose pods were started, and that passed. */
  readonly ran: Set<number>;
  readonly passed: Set<number>;
  /** Tasks whose Jobs have ended, and those that we stopped while their run goes on. */
  readonly over: Set<number>;
  readonly stopped: Set<number>;
  /** Tasks whose pods Kubernetes took away. */
  readonly taken: Set<number>;
  /** Tasks whose last pod failed or was taken away, and that Kubernetes tries again. */
  readonly again: Set<number>;
  /** Tasks whose containers ran. */
  readonly began: Set<number>;
  /** What the newest pod of a task wrote that others may want. */
  readonly wrote: Map<number, string>;
  /** Tasks that failed before they ran: a value was not there. */
  readonly missed: Set<number>;
  /** Tasks of a silent run whose Jobs we deleted before their containers ran. */
  readonly idle: Set<number>;
  /** Tasks whose pods nobody may list: how their own containers ended is seen by some deliveries, and by others only how their Jobs did. */
  readonly unread: Set<number>;
  /** Tasks whose Jobs somebody removed past their finalizers, and what was noted on them. */
  readonly forced: Set<number>;
  /** Tasks whose Jobs somebody deleted; their finalizers can keep them for a while. */
  readonly deleted: Set<number>;
  /** A Job of it was deleted by the TTL controller. */
  expired: boolean;
  /** A Job of it is gone that somebody deleted: as good as expired. */
  cleared: boolean;
  /** When its last task ended so far. */
  endedMs?: number;
  /** `result` of its `.finished`. */
  result?: unknown;
}

export const newLife = (number: number): Life => ({
  ...{
    number,
    ran: new Set(),
    passed: new Set(),
    over: new Set(),
    stopped: new Set(),
    taken: new Set(),
    again: new Set(),
    began: new Set(),
    wrote: new Map(),
    missed: new Set(),
    idle: new Set(),
    unread: new Set(),
    forced: new Set(),
    deleted: new Set(),
    expired: false,
    cleared: false,
  },
});

export const isLoud = ({ action }: RunFacts): boolean => !action.silent;

/**
 * A second `.started` that Keptn counts beyond all bounds, of one of two runs, can lack its `.finished` for ever. When its event comes
 * again hours later, nobody knows how that run ended: it is completed with an error.
 */
export const isCompletedLate = ({ runs }: EventFacts): boolean =>
  runs.filter(isLoud).length > 1 && runs.some(({ startedCounted }) => startedCounted > 1);

/** Whether all went as its author wants, had nobody and nothing disturbed it. */
export const isBenign = ({ action }: RunFacts): boolean =>
  action.values.areThere &&
  action.fates.every((fate) =>
    fate.kind === "retried" ? passesAtLast(fate.limit, fate.tries) : fate.kind === "succeeds",
  );

export const isThrough = ({ action, life }: RunFacts): boolean =>
  action.order ? isGraphThrough(action.order.graph, life) : action.fates.every((_, task) => life.passed.has(task));
