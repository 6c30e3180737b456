// One stored Job, and what the API server makes of its creation, changes and deletion.
import { randomUUID } from "node:crypto";
import { finalizer, label } from "../../lib/core/annotations/annotations.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import { IoError } from "../../lib/io-error.ts";
import type { JobChange } from "../../lib/kubernetes/ports.ts";
import { timeOf } from "./job-status.ts";

export interface StoredJob extends Job {
  metadata: NonNullable<Job["metadata"]> & { namespace: string; name: string; uid: string };
  spec: NonNullable<Job["spec"]>;
}

/** @throws IoError for an incomplete Job */
export const makeStored = (job: Job, now: Date): StoredJob => {
  const { metadata = {}, spec, ...rest } = structuredClone(job);
  const { name, namespace } = metadata;
  if (!name || !namespace || !spec) {
    throw new IoError(`Job ${name ?? "without a name"} has no name, namespace or spec`, { retryable: false });
  }
  return {
    ...rest,
    metadata: { ...metadata, name, namespace, uid: randomUUID(), generation: 1, creationTimestamp: timeOf(now) },
    spec: { ...spec, suspend: spec.suspend ?? false }, // batch/v1 defaults
    status: {},
  };
};

/** Like JSON Patch's `test`, a missing annotation does not equal "". */
export const isAsExpected = (job: StoredJob, expect: NonNullable<JobChange["expect"]> = {}): boolean => {
  const { annotations = {}, suspend, activeDeadlineSeconds: deadlineSeconds } = expect;
  return (
    Object.entries(annotations).every(([name, value]) => job.metadata.annotations?.[name] === value) &&
    (suspend === undefined || job.spec.suspend === suspend) &&
    (deadlineSeconds === undefined || job.spec.activeDeadlineSeconds === deadlineSeconds)
  );
};

export const withChange = (job: StoredJob, change: JobChange): StoredJob => {
  const { metadata, spec } = job;
  const finalizers = metadata.finalizers?.filter((name) => !(change.finalizeJob && name === finalizer));
  return {
    ...job,
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

/** It stays as long as it has a finalizer. */
export const withDeletion = (job: StoredJob, now: Date): StoredJob => ({
  ...job,
  metadata: { ...job.metadata, deletionTimestamp: timeOf(now), deletionGracePeriodSeconds: 0 },
});
