// What we ask of Kubernetes, in our words. The API server implements it, and so does the local runtime.
import type { ConfigMap, Job, Pod } from "../../core/kubernetes.ts";
import type { KubernetesWarning } from "../../core/kubernetes-warning.ts";
import type { State } from "../../core/marks.ts";
import type { RunScope } from "../../core/run-scope.ts";
import type { IoError } from "../io-error.ts";

export interface Jobs {
  /**
   * Creates a Job. One of the same name is left as it is.
   * @returns the Job as the API server has it now, or "exists"
   * @throws IoError, not retryable when Kubernetes refuses it (invalid, forbidden, over quota)
   */
  create(job: Job): Promise<Job | "exists">;
  /**
   * All Jobs of a run, as the API server has them now (not from a cache).
   * @throws IoError, `tooLarge` when they have more than `how.maxBytes`
   */
  listRun(runId: string, namespaces: readonly string[], how?: HowToRead): Promise<Job[]>;
  /** All Jobs of ours that an event started, open and reported. "*" is all namespaces. @throws IoError */
  listEvent(eventId: string, namespaces: readonly string[]): Promise<Job[]>;
  /**
   * Finds the runs that were not reported yet. Keeps nothing of a Job but its run's id and its namespace.
   * @throws IoError when none of the namespaces can be listed, and trying again may help
   */
  listOpen(scopes: readonly RunScope[]): Promise<OpenRuns>;
  /**
   * Changes a Job in one request, if it is still as `expect` says.
   * @returns "stale" when it is not, "gone" when it (this very one, by uid) is not there any more
   * @throws IoError
   */
  patch(job: JobRef, change: JobChange): Promise<"done" | "stale" | "gone">;
  /** Deletes a Job and its pods; one that is gone already is fine. @throws IoError */
  delete(job: JobRef): Promise<void>;
}

interface HowToRead {
  /** Of a run's Jobs in a namespace, where the caller has room for less than usual. */
  readonly maxBytes?: number;
  /**
   * One Job after the other, as long as all are there: for who reads many runs. Of a list by label the API server looks at every Job
   * of the namespace. They are not of one moment then; what a step relies on, it tests.
   */
  readonly byName?: boolean;
}

export interface OpenRuns {
  /** Namespaces in which Jobs of a run were found, by the run's id. */
  readonly runs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Namespaces that could not be listed, or not to their end: more runs may be open there. */
  readonly unread: readonly UnreadNamespace[];
}

interface UnreadNamespace {
  /** "*": a list of all namespaces. */
  readonly namespace: string;
  readonly fault: IoError;
}

export interface JobRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface JobChange {
  /** What the Job must say for the change to happen: the guard of every step. */
  readonly expect?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly suspend?: boolean;
    readonly activeDeadlineSeconds?: number;
  };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: State;
  readonly suspend?: boolean;
  /** One that has passed stops the Job: its pods are deleted, and it has failed. */
  readonly activeDeadlineSeconds?: number;
  readonly ttlSeconds?: number;
  /** Removes our finalizer: the Job may go. */
  readonly letGo?: boolean;
}

export interface Pods {
  /** The pods of a Job, newest last. @throws IoError */
  list(job: JobRef): Promise<Pod[]>;
  /** The output of one container: its first bytes and its last ones, never more. A container without any gives "". @throws IoError */
  getLog(
    pod: PodRef,
    container: string,
    limit: { readonly headBytes: number; readonly tailBytes: number },
  ): Promise<Log>;
  /** Warnings that Kubernetes noted on an object, the latest last, e.g. of kind Pod. @throws IoError */
  listWarnings(object: JobRef): Promise<KubernetesWarning[]>;
  /** Warnings on pods of a Job, the latest last, also on those that are gone. @throws IoError */
  listPodWarnings(job: JobRef): Promise<KubernetesWarning[]>;
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

export interface Log {
  readonly head: string;
  readonly tail: string;
  /** Bytes left out between head and tail; undefined: some, but nobody counted. */
  readonly cutBytes: number | undefined;
}

/** The timer of the sweep: it exists while runs do. */
export interface Timer {
  /**
   * Makes sure that it exists and notes when. @throws IoError
   * @returns the touch that holds: this one, or one of a few seconds ago
   */
  touch(now: Date): Promise<Date>;
  /** @returns undefined when there is none @throws IoError */
  read(): Promise<TimerSeen | undefined>;
  /** Deletes it, if nobody touched it since this resourceVersion was read. @throws IoError */
  remove(resourceVersion: string): Promise<void>;
}

export interface TimerSeen {
  readonly touchedAt: Date;
  readonly resourceVersion: string;
  /** Where Jobs of ours may be, as the start-job processes that touched it had it in their settings. */
  readonly scopes: readonly RunScope[];
}

/** The ApiServerSource that tells finish-task of changes of Jobs: it exists while runs do, and WATCH_IDLE_SECONDS longer. */
export interface JobWatch {
  /**
   * Makes sure that it exists and notes when.
   * @returns undefined when the cluster knows no such kind @throws IoError
   */
  touch(now: Date): Promise<WatchSeen | undefined>;
  /** @returns undefined when there is none @throws IoError */
  read(): Promise<WatchSeen | undefined>;
  /** Notes that runs are open, if nobody touched it since this resourceVersion was read. @throws IoError */
  renew(now: Date, resourceVersion: string): Promise<void>;
  /** Deletes it likewise: "stale" when somebody touched it meanwhile. @throws IoError */
  remove(resourceVersion: string): Promise<"done" | "stale">;
  /** Asks whether it could be touched; nothing is changed. @throws IoError when it could not */
  rehearse(now: Date): Promise<void>;
}

export interface WatchSeen {
  /** When a start-job touched it, or a sweep found a run open. */
  readonly touchedAt: Date;
  readonly resourceVersion: string;
  /** Its adapter runs: a change from now on is told. */
  readonly isReady: boolean;
  /** It was deleted, and waits for Knative's finalizer. */
  readonly isGoing: boolean;
}

/** Kubernetes Events on a Job, for `kubectl describe`. Never throws: a note is no reason to fail. */
export type Note = (job: JobRef, note: { readonly reason: NoteReason; readonly message: string }) => Promise<void>;

export type NoteReason = "Announced" | "Released" | "Reported" | "CouldNotStart";

/** ConfigMaps that belong to a Job and never change. */
export interface Snapshots {
  /**
   * Creates a ConfigMap. One of the same name that belongs to the same Job is left as it is: it is immutable.
   * @throws IoError, not retryable when Kubernetes refuses it (too large, forbidden, over quota); retryable while there is one of
   * an earlier Job of that name, which waits to be collected
   */
  create(snapshot: ConfigMap): Promise<"created" | "exists">;
  /** Whether one of this name is there that belongs to the same Job. @throws IoError */
  isThere(snapshot: ConfigMap): Promise<boolean>;
}
