// Jobs in memory with Kubernetes' rules: the store of the local runtime, and of tests.
import { isDeepStrictEqual } from "node:util";
import { label, labelValueOf } from "../../lib/core/annotations/annotations.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import { addNamespaces } from "../../lib/core/run/run-scope.ts";
import type { JobRef, Jobs } from "../../lib/kubernetes/ports.ts";
import { type JobEvent, makeJobListeners } from "./job-listeners.ts";
import type { JobStatus } from "./job-status.ts";
import { isAsExpected, makeStored, type StoredJob, withChange, withDeletion } from "./stored-job.ts";

export interface LocalJobs extends Jobs {
  /**
   * Calls the listener for every change in order, before the call that made the change returns.
   * @returns a function that unsubscribes
   */
  subscribe(listener: (change: JobEvent) => void): () => void;
  /** Replaces a Job's status like the Job controller. Ignores deleted Jobs. */
  setStatus(job: JobRef, status: JobStatus): void;
}

/** @param world.now the clock of creation and deletion times */
export const localJobs = ({ now }: { readonly now: () => Date }): LocalJobs => {
  const store = makeStore();
  return {
    subscribe: store.subscribe,
    create: async (job) => store.add(makeStored(job, now())),
    listRun: async (runId, namespaces) =>
      store.list((job) => labelOf(job, label.run) === runId && isWithin(namespaces, job)),
    listEvent: async (eventId, namespaces) => {
      const isOfEvent = (job: Job) => labelOf(job, label.eventId) === labelValueOf(eventId);
      return store.list((job) => isOfEvent(job) && labelOf(job, label.run) !== undefined && isWithin(namespaces, job));
    },
    listOpen: async () => {
      const runs = new Map<string, Set<string>>();
      const open = store.list((job) => ["waiting", "released"].includes(labelOf(job, label.state) ?? ""));
      addNamespaces(runs, open);
      return { runs, unread: [] };
    },
    patch: async (ref, change) => {
      const job = store.find(ref);
      if (!job) return "gone";
      if (!isAsExpected(job, change.expect)) return "stale";
      store.update(job, withChange(job, change));
      return "done";
    },
    delete: async (ref) => {
      const job = store.find(ref);
      if (job && job.metadata.deletionTimestamp === undefined) store.update(job, withDeletion(job, now()));
    },
    setStatus: (ref, status) => {
      const job = store.find(ref);
      if (job) store.update(job, { ...job, status });
    },
  };
};

const labelOf = (job: Job, name: string): string | undefined => job.metadata?.labels?.[name];

/** "*": all namespaces. */
const isWithin = (namespaces: readonly string[], { metadata }: StoredJob): boolean =>
  namespaces.includes("*") || namespaces.includes(metadata.namespace);

/** Callers get copies. */
const makeStore = () => {
  const stored = new Map<string, StoredJob>();
  const { tell, subscribe } = makeJobListeners();
  let version = 0;
  return {
    subscribe,
    list: (wanted: (job: StoredJob) => boolean): Job[] => structuredClone([...stored.values()].filter(wanted)),
    find: (ref: JobRef): StoredJob | undefined => {
      const job = stored.get(keyOf(ref));
      return job?.metadata.uid === ref.uid ? job : undefined;
    },
    add: (job: StoredJob): Job | "exists" => {
      if (stored.has(keyOf(job.metadata))) return "exists";
      job.metadata.resourceVersion = String(++version);
      stored.set(keyOf(job.metadata), job);
      tell({ type: "add", job });
      return structuredClone(job);
    },
    /** Without a difference, nothing happens, and the resourceVersion stays as in the API server. */
    update: (before: StoredJob, given: StoredJob): void => {
      if (isDeepStrictEqual(before, given)) return;
      const after = structuredClone(given);
      const { generation = 1 } = before.metadata;
      after.metadata.generation = isDeepStrictEqual(before.spec, after.spec) ? generation : generation + 1;
      after.metadata.resourceVersion = String(++version);
      const over = after.metadata.deletionTimestamp !== undefined && !after.metadata.finalizers?.length;
      if (over) stored.delete(keyOf(after.metadata));
      else stored.set(keyOf(after.metadata), after);
      tell({ type: over ? "delete" : "update", job: after });
    },
  };
};

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;
