// What the simulation knows about events and their runs, besides the state of Keptn and Kubernetes.
import { isGraphThrough } from "./graph-checks.ts";
import { passesAtLast, type ScenarioAction } from "./scenario.ts";

export interface EventFacts {
  readonly name: string;
  readonly eventId: string;
  /** Keptn counts our events about it. */
  readonly counted: boolean;
  readonly triggeredMs: number;
  readonly broken: boolean;
  /** The runs of its config, and of the config that it changed to while the event was open. */
  readonly plans: readonly (readonly RunFacts[])[];
  /** The plan of the first Job that was created: that plan counts. Absent: there was no Job yet. */
  plan?: number;
  /** Those of the plan that counts; of the first plan while there was no Job. */
  runs: readonly RunFacts[];
  /** Its config became invalid, or has no action for it any more. */
  unplanned: boolean;
  /** A delivery that found no Job of it reported it as a whole, maybe while another one was about to create some. */
  answeredWhole: boolean;
  /** When start-job first responded with 204: from then on a lost report is our fault. */
  acceptedMs?: number;
  /** When Keptn gave it up because nobody had responded and nobody was about to. */
  timedOutMs?: number;
  aborted: boolean;
  /** Somebody deleted one of its Jobs or aborted it, or Kubernetes refused something: it may fail because of that. */
  disturbed: boolean;
  /** Keptn said once that it does not know the event, although it did. */
  lostSight?: boolean;
  /** Keptn refused an event about it for good. */
  refused: boolean;
}

export interface RunFacts {
  readonly id: string;
  readonly event: EventFacts;
  readonly action: ScenarioAction;
  /** The source of its events. */
  readonly source: string;
  started: number;
  startedCounted: number;
  finished: number;
  /**
   * A delivery reported the run without seeing its Jobs: there were none yet when it listed, or never any. Two such deliveries, or one
   * beside Jobs that are created at the same moment, have nothing to synchronize on.
   */
  unseen: boolean;
  /** The number of Jobs created for it. */
  created: number;
  /** Deliveries of its Job changes that caused a reconcile. */
  looks: number;
  firstFinishedMs?: number;
  /** The time of our last patch of its Jobs. */
  patchedMs?: number;
  /** When a Job was marked as part of an incomplete run: whatever start-job does later, the run is reported as such. */
  incompleteMs?: number;
  /** All its tasks succeeded in one of its lives: the report of a removed Job can arrive after the next life began. */
  passed: boolean;
  /** The current life, or the last one. */
  life: Life;
  /** Somebody removed the Job with the lease in use, despite the finalizer: its holder and the next one can both report the run. */
  leaseRemoved: boolean;
  /** Somebody removed everything that was left of it, despite the finalizer: nothing remembers it. */
  vanished: boolean;
}

/** From its first Job to the moment when no Job is left. */
export interface Life {
  readonly number: number;
  /** Tasks whose pods started, and tasks that passed. */
  readonly ran: Set<number>;
  readonly passed: Set<number>;
  /** Tasks whose Jobs have ended, and tasks that we stopped while their run goes on. */
  readonly over: Set<number>;
  readonly stopped: Set<number>;
  /** Tasks whose pods Kubernetes removed. */
  readonly taken: Set<number>;
  /** Tasks whose last pod failed or was removed, and that Kubernetes retries. */
  readonly again: Set<number>;
  /** Tasks whose containers ran. */
  readonly began: Set<number>;
  /** The values that the newest pod of a task wrote. */
  readonly wrote: Map<number, string>;
  /** Tasks that failed before they ran because a value was missing. */
  readonly missed: Set<number>;
  /** Tasks of a silent run whose Jobs we deleted before their containers ran. */
  readonly idle: Set<number>;
  /** Tasks whose pods nobody may list: some deliveries see how their own containers exited, others only their Jobs' status. */
  readonly unread: Set<number>;
  /** Tasks whose Jobs somebody removed despite the finalizer, with the annotations on them. */
  readonly forced: Set<number>;
  /** Tasks whose Jobs somebody deleted; a finalizer can keep the Job for a while. */
  readonly deleted: Set<number>;
  /** A Job of it was deleted by the TTL controller. */
  expired: boolean;
  /** A Job of it that somebody deleted is gone: equivalent to expired. */
  cleared: boolean;
  /** The end of the latest task so far. */
  endedMs?: number | undefined;
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
 * Of two runs, one with a second `.started` that Keptn counts beyond all bounds can lack its `.finished` forever. If its event is
 * redelivered hours later, nobody knows how that run ended: it is completed as errored.
 */
export const isCompletedLate = ({ runs }: EventFacts): boolean =>
  runs.filter(isLoud).length > 1 && runs.some(({ startedCounted }) => startedCounted > 1);

/** Whether everything would have gone well without any disturbance. */
export const isBenign = ({ action }: RunFacts): boolean =>
  action.values.areThere &&
  action.fates.every((fate) =>
    fate.kind === "retried" ? passesAtLast(fate.limit, fate.tries) : fate.kind === "succeeds",
  );

export const isThrough = ({ action, life }: RunFacts): boolean =>
  action.order ? isGraphThrough(action.order.graph, life) : action.fates.every((_, task) => life.passed.has(task));
