// Jobs of a simulated API server: they follow the contract, and share unchanged parts instead of copying them.
import { finalizer, label, labelValueOf } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import type { JobChange, JobRef } from "../../functions/lib/kubernetes/ports.ts";

export interface JobStore {
  create(job: Job): Job | "exists";
  list(wanted: (job: Job) => boolean): Job[];
  listRun(runId: string, namespaces?: readonly string[]): Job[];
  listEvent(eventId: string, namespaces: readonly string[]): Job[];
  find(ref: JobRef): Job | undefined;
  patch(ref: JobRef, change: JobChange): "done" | "stale" | "gone";
  delete(ref: JobRef): void;
  /** As the Job controller does it. */
  setStatus(ref: JobRef, status: NonNullable<Job["status"]>): void;
  /** Like somebody with `kubectl` who removes the finalizer. */
  removeByForce(ref: JobRef): void;
}

export interface JobStorePorts {
  readonly now: () => Date;
  readonly newUid: () => string;
  /** @param before undefined: it was created; `after` undefined: it was removed */
  readonly onChange: (before: Job | undefined, after: Job | undefined) => void;
}

type Metadata = NonNullable<Job["metadata"]>;

export const makeJobStore = ({ now, newUid, onChange }: JobStorePorts): JobStore => {
  const stored = new Map<string, Job>();
  let version = 0;
  const find = (ref: JobRef): Job | undefined => {
    const job = stored.get(keyOf(ref));
    return job?.metadata?.uid === ref.uid ? job : undefined;
  };
  const list = (wanted: (job: Job) => boolean): Job[] => [...stored.values()].filter(wanted);
  const put = (before: Job, after: Job): void => {
    const metadata: Metadata = { ...after.metadata, resourceVersion: String(++version) };
    const key = keyOf(metadata);
    const gone = metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length;
    const written = { ...after, metadata };
    if (gone) stored.delete(key);
    else stored.set(key, written);
    onChange(before, gone ? undefined : written);
  };
  return {
    ...{ find, list },
    listRun: (runId, namespaces) =>
      list(
        ({ metadata }) =>
          metadata?.labels?.[label.run] === runId && (namespaces?.includes(metadata.namespace ?? "") ?? true),
      ),
    listEvent: (eventId, namespaces) =>
      list(
        ({ metadata }) =>
          metadata?.labels?.[label.eventId] === labelValueOf(eventId) &&
          metadata.labels[label.run] !== undefined &&
          namespaces.includes(metadata.namespace ?? ""),
      ),
    create: (job) => {
      if (stored.has(keyOf(job.metadata ?? {}))) return "exists";
      const added = { uid: newUid(), resourceVersion: String(++version), creationTimestamp: timeOf(now()) };
      const created: Job = { ...job, metadata: { ...job.metadata, ...added }, status: {} };
      stored.set(keyOf(created.metadata ?? {}), created);
      onChange(undefined, created);
      return created;
    },
    patch: (ref, change) => {
      const job = find(ref);
      if (!job) return "gone";
      if (!isAsExpected(job, change)) return "stale";
      put(job, changed(job, change));
      return "done";
    },
    delete: (ref) => {
      const job = find(ref);
      if (!job || job.metadata?.deletionTimestamp) return;
      put(job, { ...job, metadata: { ...job.metadata, deletionTimestamp: timeOf(now()) } });
    },
    setStatus: (ref, status) => {
      const job = find(ref);
      if (job) put(job, { ...job, status });
    },
    removeByForce: (ref) => {
      const job = find(ref);
      if (!job) return;
      const { finalizers: _, ...metadata } = job.metadata ?? {};
      put(job, { ...job, metadata: { ...metadata, deletionTimestamp: timeOf(now()) } });
    },
  };
};

const keyOf = ({ namespace, name }: Pick<Metadata, "namespace" | "name">): string => `${namespace}/${name}`;

/** Kubernetes' times have whole seconds (metav1.Time). */
export const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

const isAsExpected = (job: Job, { expect = {} }: JobChange): boolean => {
  for (const [name, value] of Object.entries(expect.annotations ?? {})) {
    if (job.metadata?.annotations?.[name] !== value) return false;
  }
  const { suspend, activeDeadlineSeconds: seconds } = expect;
  const isSuspended = job.spec?.suspend ?? false;
  return (
    (suspend ?? isSuspended) === isSuspended &&
    (seconds ?? job.spec?.activeDeadlineSeconds) === job.spec?.activeDeadlineSeconds
  );
};

const changed = (job: Job, change: JobChange): Job => {
  const { metadata = {}, spec } = job;
  const finalizers = change.finalizeJob
    ? metadata.finalizers?.filter((name) => name !== finalizer)
    : metadata.finalizers;
  return {
    ...job,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, ...change.annotations },
      labels: { ...metadata.labels, ...(change.state ? { [label.state]: change.state } : {}) },
      ...(finalizers ? { finalizers } : {}),
    },
    spec: {
      ...spec!,
      ...(change.suspend === undefined ? {} : { suspend: change.suspend }),
      ...(change.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: change.activeDeadlineSeconds }),
      ...(change.ttlSeconds === undefined ? {} : { ttlSecondsAfterFinished: change.ttlSeconds }),
    },
  };
};

/** In a Job's status. */
export const conditionOf = (type: string, reason: string, lastTransitionTime: string) => ({
  ...{ type, status: "True", reason, message: "", lastTransitionTime },
});

export const refOf = ({ metadata }: Job): JobRef => ({
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
  uid: metadata?.uid ?? "",
});
