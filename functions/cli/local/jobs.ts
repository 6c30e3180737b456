// Jobs in memory with Kubernetes' rules: the store of the local runtime, and of tests.
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { finalizer, label, labelValueOf } from "../../lib/core/annotations/annotations.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import { addNamespaces } from "../../lib/core/run/run-scope.ts";
import { IoError } from "../../lib/io-error.ts";
import type { JobChange, JobRef, Jobs } from "../../lib/kubernetes/ports.ts";
import { type JobEvent, makeJobListeners } from "./job-listeners.ts";

export interface LocalJobs extends Jobs {
  /**
   * Calls the listener for every change in order, before the call that made the change returns.
   * @returns a function that unsubscribes
   */
  subscribe(listener: (change: JobEvent) => void): () => void;
  /** Replaces a Job's status like the Job controller. Ignores deleted Jobs. */
  setStatus(job: JobRef, status: JobStatus): void;
}

export type JobStatus = NonNullable<Job["status"]>;

/** A stored Job. */
interface Stored extends Job {
  metadata: NonNullable<Job["metadata"]> & { namespace: string; name: string; uid: string; resourceVersion: string };
  spec: NonNullable<Job["spec"]>;
}

/** @param world.now the clock of creation and deletion times */
export const localJobs = ({ now }: { readonly now: () => Date }): LocalJobs => {
  const stored = new Map<string, Stored>();
  const watch = makeJobListeners();
  let version = 0;

  const find = (ref: JobRef): Stored | undefined => {
    const job = stored.get(keyOf(ref));
    return job?.metadata.uid === ref.uid ? job : undefined;
  };
  const list = (wanted: (job: Stored) => boolean): Job[] => structuredClone([...stored.values()].filter(wanted));
  /** Writes a change; without a difference, nothing happens, and the resourceVersion stays as in the API server. */
  const update = (before: Stored, after: Stored): void => {
    if (isDeepStrictEqual(before, after)) return;
    const { generation = 1 } = before.metadata;
    after.metadata.generation = isDeepStrictEqual(before.spec, after.spec) ? generation : generation + 1;
    after.metadata.resourceVersion = String(++version);
    const over = after.metadata.deletionTimestamp !== undefined && !after.metadata.finalizers?.length;
    if (over) stored.delete(keyOf(after.metadata));
    else stored.set(keyOf(after.metadata), after);
    watch.tell({ type: over ? "delete" : "update", job: after });
  };

  return {
    subscribe: watch.subscribe,
    create: async (job) => {
      const created = makeStored(job, { now: now(), resourceVersion: String(version + 1) });
      if (stored.has(keyOf(created.metadata))) return "exists";
      version += 1;
      stored.set(keyOf(created.metadata), created);
      watch.tell({ type: "add", job: created });
      return structuredClone(created);
    },
    listRun: async (runId, namespaces) => list((job) => labelOf(job, label.run) === runId && isWithin(namespaces, job)),
    listEvent: async (eventId, namespaces) =>
      list(
        (job) =>
          labelOf(job, label.eventId) === labelValueOf(eventId) &&
          labelOf(job, label.run) !== undefined &&
          isWithin(namespaces, job),
      ),
    listOpen: async () => {
      const runs = new Map<string, Set<string>>();
      addNamespaces(
        runs,
        list((job) => ["waiting", "released"].includes(labelOf(job, label.state) ?? "")),
      );
      return { runs, unread: [] };
    },
    patch: async (ref, change) => {
      const job = find(ref);
      if (!job) return "gone";
      if (!isAsExpected(job, change.expect)) return "stale";
      update(job, changed(job, change));
      return "done";
    },
    delete: async (ref) => {
      const job = find(ref);
      if (!job || job.metadata.deletionTimestamp !== undefined) return;
      const after = structuredClone(job);
      after.metadata.deletionTimestamp = timeOf(now());
      after.metadata.deletionGracePeriodSeconds = 0;
      update(job, after);
    },
    setStatus: (ref, status) => {
      const job = find(ref);
      if (job) update(job, { ...structuredClone(job), status: structuredClone(status) });
    },
  };
};

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

/** "*": all namespaces. */
const isWithin = (namespaces: readonly string[], { metadata }: Stored): boolean =>
  namespaces.includes("*") || namespaces.includes(metadata.namespace);

const labelOf = (job: Job, name: string): string | undefined => job.metadata?.labels?.[name];

/** Kubernetes' times have whole seconds (metav1.Time). */
const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

const makeStored = (job: Job, made: { readonly now: Date; readonly resourceVersion: string }): Stored => {
  const { metadata = {}, spec, ...rest } = structuredClone(job);
  if (!metadata.name || !metadata.namespace || !spec) {
    throw new IoError(`Job ${metadata.name ?? "without a name"} has no name, namespace or spec`, { retryable: false });
  }
  return {
    ...rest,
    metadata: {
      ...metadata,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: randomUUID(),
      resourceVersion: made.resourceVersion,
      generation: 1,
      creationTimestamp: timeOf(made.now),
    },
    spec: { ...spec, suspend: spec.suspend ?? false }, // batch/v1 defaults
    status: {},
  };
};

/** Like JSON Patch's `test`, a missing annotation does not equal "". */
const isAsExpected = (job: Stored, expect: NonNullable<JobChange["expect"]> = {}): boolean => {
  const { annotations = {}, suspend, activeDeadlineSeconds: deadlineSeconds } = expect;
  return (
    Object.entries(annotations).every(([name, value]) => job.metadata.annotations?.[name] === value) &&
    (suspend === undefined || job.spec.suspend === suspend) &&
    (deadlineSeconds === undefined || job.spec.activeDeadlineSeconds === deadlineSeconds)
  );
};

const changed = (job: Stored, change: JobChange): Stored => {
  const { metadata, spec, ...rest } = structuredClone(job);
  const finalizers = metadata.finalizers?.filter((name) => !(change.finalizeJob && name === finalizer));
  return {
    ...rest,
    metadata: {
      ...metadata,
      ...(change.annotations ? { annotations: { ...metadata.annotations, ...change.annotations } } : {}),
      ...(change.state ? { labels: { ...metadata.labels, [label.state]: change.state } } : {}),
      ...(finalizers ? { finalizers } : {}),
    },
    spec: {
      ...spec,
      ...(change.suspend === undefined ? {} : { suspend: change.suspend }),
      ...(change.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: change.activeDeadlineSeconds }),
      ...(change.ttlSeconds === undefined ? {} : { ttlSecondsAfterFinished: change.ttlSeconds }),
    },
  };
};
