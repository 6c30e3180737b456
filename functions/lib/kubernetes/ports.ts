// Our ports to Kubernetes. The API server and the local runtime implement them.
import type { State } from "../core/annotations/annotations.ts";
import type { ConfigMap, Job, Pod } from "../core/kubernetes.ts";
import type { KubernetesWarning } from "../core/pod/kubernetes-warning.ts";
import type { RunScope } from "../core/run/run-scope.ts";
import type { LogText } from "../core/text/log-text.ts";
import type { IoError } from "../io-error.ts";

export interface Jobs {
  /**
   * Creates a Job. An existing Job of the same name is not changed.
   * @returns the Job as stored by the API server, or "exists"
   * @throws IoError, not retryable if Kubernetes refuses it (invalid, forbidden, over quota)
   */
  create(job: Job): Promise<Job | "exists">;
  /**
   * All Jobs of a run, current and not from a cache.
   * @throws IoError, `tooLarge` if they have more than `how.maxBytes`
   */
  listRun(runId: string, namespaces: readonly string[], how?: HowToRead): Promise<Job[]>;
  /** All our Jobs started by an event, open and reported. "*" means all namespaces. @throws IoError */
  listEvent(eventId: string, namespaces: readonly string[]): Promise<Job[]>;
  /**
   * Finds runs that are not reported yet. Keeps only each Job's run id and namespace.
   * @throws IoError if none of the namespaces can be listed, and a retry may help
   */
  listOpen(scopes: readonly RunScope[]): Promise<OpenRuns>;
  /**
   * Changes a Job in one request, if it still matches `expect`.
   * @returns "stale" if it does not match, "gone" if it (by uid) no longer exists
   * @throws IoError
   */
  patch(job: JobRef, change: JobChange): Promise<"done" | "stale" | "gone">;
  /** Deletes a Job and its pods. A Job that no longer exists is not an error. @throws IoError */
  delete(job: JobRef): Promise<void>;
}

interface HowToRead {
  /** Limit of a run's Jobs in a namespace, if smaller than usual. */
  readonly maxBytes?: number;
  /**
   * Reads Jobs one by one by name, if all exist; cheaper for many runs, because for a list by label the API server scans every Job in
   * the namespace. The result is not a consistent snapshot, so steps test what they rely on.
   */
  readonly byName?: boolean;
}

export interface OpenRuns {
  /** Namespaces with Jobs of a run, by run id. */
  readonly runs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Namespaces that could not be listed completely: more runs may be open there. */
  readonly unread: readonly UnreadNamespace[];
}

interface UnreadNamespace {
  /** "*": the list of all namespaces. */
  readonly namespace: string;
  readonly fault: IoError;
}

export interface JobRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface JobChange {
  /** Preconditions of the change. */
  readonly expect?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly suspend?: boolean;
    readonly activeDeadlineSeconds?: number;
  };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: State;
  readonly suspend?: boolean;
  /** A deadline in the past stops the Job: its pods are deleted, and it fails. */
  readonly activeDeadlineSeconds?: number;
  readonly ttlSeconds?: number;
  /** Removes our finalizer, so that the Job can be deleted. */
  readonly finalizeJob?: boolean;
}

export interface Pods {
  /** The pods of a Job, newest last. @throws IoError */
  list(job: JobRef): Promise<Pod[]>;
  /** The first and last bytes of a container's output; "" without output. @throws IoError */
  getLog(
    pod: PodRef,
    container: string,
    limit: { readonly headBytes: number; readonly tailBytes: number },
  ): Promise<LogText>;
  /** Kubernetes' warnings on an object, e.g. a Pod, latest last. @throws IoError */
  listWarnings(object: JobRef): Promise<KubernetesWarning[]>;
  /** Warnings on a Job's pods, including deleted ones, latest last. @throws IoError */
  listPodWarnings(job: JobRef): Promise<KubernetesWarning[]>;
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** The sweep's timer, which exists while runs are open. */
export interface Timer {
  /**
   * Creates it or updates its touch time. @throws IoError
   * @returns the touch time in effect: this one, or one from a few seconds ago
   */
  touch(now: Date): Promise<Date>;
  /** @returns undefined if it does not exist @throws IoError */
  read(): Promise<TimerSeen | undefined>;
  /** Deletes it, unless it was touched after this resourceVersion. @throws IoError */
  remove(resourceVersion: string): Promise<void>;
}

export interface TimerSeen {
  readonly touchedAt: Date;
  readonly resourceVersion: string;
  /** Namespaces of our Jobs, from the settings of the start-job processes that touched it. */
  readonly scopes: readonly RunScope[];
}

/** The ApiServerSource that notifies finish-task of Job changes. It exists while runs are open, and WATCH_IDLE_SECONDS longer. */
export interface JobWatch {
  /**
   * Creates it or updates its touch time.
   * @returns undefined if the kind is not installed @throws IoError
   */
  touch(now: Date): Promise<WatchSeen | undefined>;
  /** @returns undefined if it does not exist @throws IoError */
  read(): Promise<WatchSeen | undefined>;
  /** Updates its touch time, unless it was touched after this resourceVersion. @throws IoError */
  renew(now: Date, resourceVersion: string): Promise<void>;
  /** Deletes it, or returns "stale" if it was touched after this resourceVersion. @throws IoError */
  remove(resourceVersion: string): Promise<"done" | "stale">;
  /** Dry run of touch; changes nothing. @throws IoError if touch would fail */
  rehearse(now: Date): Promise<void>;
}

export interface WatchSeen {
  /** When start-job last touched it, or a sweep last found an open run. */
  readonly touchedAt: Date;
  readonly resourceVersion: string;
  /** Its adapter runs: changes are reported from now on. */
  readonly isReady: boolean;
  /** It is deleted, but waits for Knative's finalizer. */
  readonly isGoing: boolean;
}

/** Kubernetes Events on a Job, for `kubectl describe`. Never throws. */
export type Note = (job: JobRef, note: { readonly reason: NoteReason; readonly message: string }) => Promise<void>;

export type NoteReason = "Announced" | "Released" | "Reported" | "CouldNotStart";

/** Immutable ConfigMaps owned by a Job. */
export interface Snapshots {
  /**
   * Creates a ConfigMap. An existing one of the same name and Job is kept.
   * @throws IoError, not retryable if Kubernetes refuses it (too large, forbidden, over quota); retryable while an earlier Job's
   * ConfigMap of that name is not garbage-collected yet
   */
  create(snapshot: ConfigMap): Promise<"created" | "exists">;
  /** Whether a ConfigMap of this name and Job exists. @throws IoError */
  isThere(snapshot: ConfigMap): Promise<boolean>;
}
