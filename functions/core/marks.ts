// Names on a Job: what it is selected by (labels) and what a run remembers (annotations).
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Graph } from "./graph.ts";
import { jobNamePrefix } from "./job-names.ts";

export const label = {
  managedBy: "app.kubernetes.io/managed-by",
  context: "keptn.sh/context",
  eventId: "keptn.sh/event-id",
  commitId: "keptn.sh/commitid",
  action: "keptn.sh/jes-action",
  task: "keptn.sh/jes-task",
  configHash: "keptn.sh/jes-job-confighash",
  actionIndex: "keptn.sh/jes-action-index",
  taskIndex: "keptn.sh/jes-task-index",
  /** The run's id, to list its Jobs. */
  run: "keptn.sh/jes-run",
  /** One of {@link State}; the ApiServerSource selects on it. */
  state: "keptn.sh/jes-state",
} as const;

export type State = "waiting" | "released" | "reported";

export const annotation = {
  /** JSON of {@link Envelope}. */
  event: "keptn.sh/jes-event",
  /** JSON of {@link Chain}, the same on every Job of a run. */
  chain: "keptn.sh/jes-chain",
  /** When `.started` was sent (RFC 3339), or "" until then. On the run's first Job. */
  announced: "keptn.sh/jes-announced",
  /** JSON of {@link Claim}: who is about to announce or report, or "". On the run's first Job. */
  claim: "keptn.sh/jes-claim",
  /** Why Kubernetes refused another Job of the run; not there unless it did. On the run's first Job. */
  refused: "keptn.sh/jes-refused",
  /** Ids, separated by commas, of other runs of its event that Kubernetes refused and that have no Job; not there unless it did. */
  refusedSiblings: "keptn.sh/jes-refused-siblings",
  /** JSON of {@link End}: how the run ended; not there until somebody claims its report. On the run's first Job. */
  end: "keptn.sh/jes-end",
  /** JSON of {@link OwnEnd}: how the task's own container ended; not there unless other containers kept its pod from ending. */
  ownEnd: "keptn.sh/jes-own-end",
  /** JSON of {@link Stopped}: why we stopped the task; not there unless we did, in a run that goes on. */
  stopped: "keptn.sh/jes-stopped",
  /** JSON of the {@link WantedValue}s of its task; not there unless it takes some from tasks before it. */
  values: "keptn.sh/jes-values",
  /** JSON of {@link SeenTrouble}: since when its pod is seen not to start; not there unless no Event of Kubernetes tells it. */
  trouble: "keptn.sh/jes-trouble",
  /** When the ApiServerSource was seen ready (RFC 3339); not there unless the run began before. The change itself wakes finish-task. */
  watched: "keptn.sh/jes-watched",
  /** When Keptn said for the first time that it no longer waits (RFC 3339), or ""; not there unless it did. On the run's first Job. */
  over: "keptn.sh/jes-over",
  /** When `.finished` was sent (RFC 3339), or "" until then. On the run's first Job. */
  reported: "keptn.sh/jes-reported",
  /** One of {@link Outcome}, noted together with `reported`. On the run's first Job. */
  outcome: "keptn.sh/jes-outcome",
} as const;

/** How a run ended. Nothing depends on it: it is for people, when the Jobs alone no longer tell. */
export type Outcome =
  /** As Keptn was told: the result of a run that succeeded. */
  | "passed"
  | "warning"
  | "failed"
  /** Something kept it from its end: no task of it failed by itself. */
  | "errored"
  /** Keptn no longer waited for it. */
  | "abandoned";

/** Keeps a Job that somebody deletes until its run has answered Keptn. */
export const finalizer = "keptn.sh/job-executor";

/** What every Job of a run knows of the whole run. */
export interface Chain {
  readonly action: string;
  readonly silent: boolean;
  /** The `source` of the run's events: Keptn counts by it. */
  readonly source: string;
  /** How long the announcement is left to who created the run. Its own, as that of a {@link Claim}. */
  readonly leaseSeconds?: number;
  /** The other runs of its event that answer Keptn. Not there: there are none, or version 0.1.0 made the run. */
  readonly siblings?: readonly Sibling[];
  readonly jobs: readonly ChainLink[];
  /** One task for each of `jobs`. Not there: they run one after the other, until one fails. */
  readonly graph?: Graph;
}

/** Another run of the same event: Keptn completes the event's task when as many `.finished` as `.started` came, of all of them together. */
export interface Sibling {
  readonly runId: string;
  readonly action: string;
  /** Keptn counts by it. */
  readonly source: string;
  /** Where its Jobs are. */
  readonly namespaces: readonly string[];
}

export interface ChainLink {
  readonly namespace: string;
  readonly name: string;
  readonly task: string;
  /** Seconds that the Job stays after its run was reported. */
  readonly ttlSeconds: number;
}

/** How a run ends. `task` is the one that decided it; tasks after it never ran. */
export type End =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly task: number }
  | { readonly kind: "could-not-start"; readonly task: number; readonly why: string }
  | { readonly kind: "deleted"; readonly task: number }
  /** Kubernetes refused one of its Jobs: none of them runs. */
  | { readonly kind: "refused"; readonly task: number; readonly why: string }
  | { readonly kind: "incomplete"; readonly task: number };

export interface Claim {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  /** After that it counts as abandoned. Its own: another version of a function may have another setting. */
  readonly leaseSeconds?: number;
}

export const hashOf = (text: string, length: number): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, length);

/**
 * Identity of a run: the event's id and the action's place among those that the event starts. A label value of 28 characters. So the
 * first Job of an event has one name whatever the config says: who creates it decides which config counts.
 */
export const runIdOf = (eventId: string, order: number): string =>
  `${hashOf(eventId, 24)}-${String(order + 1).padStart(3, "0")}`;

export const isRunId = (text: string): boolean => /^[0-9a-f]{24}-\d{3}$/.test(text);

/** JES's form of a name with a hash in the place of the cut event id (its defect 1); at most 63 characters. */
export const jobNameOf = (runId: string, taskIndex: number): string =>
  `${jobNamePrefix}${runId}-${String(taskIndex + 1).padStart(3, "0")}`;

/** A label value the API server takes: as it is where it can be, else shortened with a hash that keeps it unique. */
export const labelValueOf = (text: string): string => {
  if (/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text)) return text;
  const clean = text.replace(/[^-A-Za-z0-9_.]+/g, "_").replace(/^[-_.]+/, "");
  return `${clean.slice(0, 52)}${clean === "" ? "" : "-"}${hashOf(text, 10)}`;
};
