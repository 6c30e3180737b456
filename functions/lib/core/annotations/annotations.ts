// Labels (to select Jobs) and annotations (a run's state) on Jobs.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Graph } from "../run/graph.ts";
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
  /** The run's ID, to list its Jobs. */
  run: "keptn.sh/jes-run",
  /** One of {@link State}; the ApiServerSource selects on it. */
  state: "keptn.sh/jes-state",
} as const;

export type State = "waiting" | "released" | "reported";

export const annotation = {
  /** JSON of {@link Envelope}. */
  event: "keptn.sh/jes-event",
  /** JSON of {@link RunSpec}, the same on every Job of a run. */
  spec: "keptn.sh/jes-chain",
  /** When `.started` was sent (RFC 3339), or "" until then. On the run's first Job. */
  announced: "keptn.sh/jes-announced",
  /** JSON of {@link Lease}: the delivery that is about to announce or report, or "". On the run's first Job. */
  claim: "keptn.sh/jes-claim",
  /** Why Kubernetes refused another Job of the run, if it did. On the run's first Job. */
  refused: "keptn.sh/jes-refused",
  /** Comma-separated IDs of other runs of the event that Kubernetes refused and that have no Job, if any. */
  refusedSiblings: "keptn.sh/jes-refused-siblings",
  /** JSON of {@link End}: how the run ended; set with the lease to report it. On the run's first Job. */
  end: "keptn.sh/jes-end",
  /** JSON of {@link OwnEnd}: how the task's own container ended, if other containers kept its pod from ending. */
  ownEnd: "keptn.sh/jes-own-end",
  /** JSON of {@link Stopped}: why we stopped the task in a run that continues, if we did. */
  stopped: "keptn.sh/jes-stopped",
  /** JSON of the {@link WantedValue}s of its task, if it takes values from earlier tasks. */
  values: "keptn.sh/jes-values",
  /** JSON of {@link SeenBlocker}: since when its pod is seen not to start, if no Event of Kubernetes shows it. */
  trouble: "keptn.sh/jes-trouble",
  /** When the ApiServerSource was seen ready (RFC 3339), if the run started before. The change itself wakes finish-task. */
  watched: "keptn.sh/jes-watched",
  /** When Keptn first said that it no longer waits (RFC 3339), or "". On the run's first Job. */
  over: "keptn.sh/jes-over",
  /** When `.finished` was sent (RFC 3339), or "" until then. On the run's first Job. */
  reported: "keptn.sh/jes-reported",
  /** One of {@link Outcome}, noted together with `reported`. On the run's first Job. */
  outcome: "keptn.sh/jes-outcome",
} as const;

/** How a run ended. Informational only, for when the Jobs no longer show it. */
export type Outcome =
  /** The result that was sent to Keptn with status succeeded. */
  | "passed"
  | "warning"
  | "failed"
  /** The run could not complete, and no task failed by itself. */
  | "errored"
  /** Keptn no longer waited for it. */
  | "abandoned";

/** Keeps a deleted Job until its run has answered Keptn. */
export const finalizer = "keptn.sh/job-executor";

/** The data of the whole run, stored on each of its Jobs. */
export interface RunSpec {
  readonly action: string;
  readonly silent: boolean;
  /** The `source` of the run's events: Keptn counts by it. */
  readonly source: string;
  /** How long only the creator of the run may announce it. Stored per run, as in a {@link Lease}. */
  readonly leaseSeconds?: number;
  /** The other runs of its event that answer Keptn. Undefined: there are none, or version 0.1.0 created the run. */
  readonly siblings?: readonly Sibling[];
  readonly jobs: readonly TaskRef[];
  /** One task for each of `jobs`. Undefined: they run in order until one fails. */
  readonly graph?: Graph;
}

/** Another run of the same event. Keptn completes the event's task when all runs together sent as many `.finished` as `.started`. */
export interface Sibling {
  readonly runId: string;
  readonly action: string;
  /** The `source` that Keptn counts by. */
  readonly source: string;
  /** Namespaces of its Jobs. */
  readonly namespaces: readonly string[];
}

export interface TaskRef {
  readonly namespace: string;
  readonly name: string;
  readonly task: string;
  /** How long the Job stays after its run was reported. */
  readonly ttlSeconds: number;
}

/** How a run ends. `task` is the deciding task; later tasks never ran. */
export type End =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly task: number }
  | { readonly kind: "could-not-start"; readonly task: number; readonly why: string }
  | { readonly kind: "deleted"; readonly task: number }
  /** Kubernetes refused one of its Jobs: none of them runs. */
  | { readonly kind: "refused"; readonly task: number; readonly why: string }
  | { readonly kind: "incomplete"; readonly task: number };

export interface Lease {
  readonly holderIdentity: string;
  /** RFC 3339. */
  readonly renewTime: string;
  /** After that it has expired. Stored with the lease, because another version of a function may have another setting. */
  readonly leaseSeconds?: number;
}

export const hashOf = (text: string, length: number): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, length);

/**
 * Identity of a run: a hash of the event's ID and the action's position among those that the event starts. A label value of 28
 * characters. The first Job of an event has the same name for every config, so its creator decides which config counts.
 */
export const runIdOf = (eventId: string, order: number): string =>
  `${hashOf(eventId, 24)}-${String(order + 1).padStart(3, "0")}`;

export const isRunId = (text: string): boolean => /^[0-9a-f]{24}-\d{3}$/.test(text);

/** JES's name format, with a hash in place of the truncated event ID (JES defect 1); at most 63 characters. */
export const jobNameOf = (runId: string, taskIndex: number): string =>
  `${jobNamePrefix}${runId}-${String(taskIndex + 1).padStart(3, "0")}`;

/** A valid label value: unchanged if possible, otherwise shortened with a hash that keeps it unique. */
export const labelValueOf = (text: string): string => {
  if (/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text)) return text;
  const clean = text.replace(/[^-A-Za-z0-9_.]+/g, "_").replace(/^[-_.]+/, "");
  return `${clean.slice(0, 52)}${clean === "" ? "" : "-"}${hashOf(text, 10)}`;
};
