// Changes a Job atomically: a JSON Patch (RFC 6902) whose `test` operations are preconditions.
import { finalizer, label } from "../core/annotations/annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import { IoError } from "../io-error.ts";
import type { KubernetesApi } from "./api.ts";
import { pathOfJob } from "./job-paths.ts";
import type { JobChange, JobRef } from "./ports.ts";

/**
 * The preconditions are fields of the Job, not its resourceVersion, because the Job controller's status updates must not cause
 * conflicts.
 */
export const patchJob = async (
  api: KubernetesApi,
  job: JobRef,
  change: JobChange,
): Promise<"done" | "stale" | "gone"> => {
  let ours = 0; // our Jobs are created with our finalizer as the first one; others are appended
  for (let tries = 0; tries < 3; tries++) {
    const response = await attempt(api, job, operationsOf(job, change, ours));
    if (response !== "test failed") return response;
    const { status, body } = await api.call<Job>({ method: "GET", path: pathOfJob(job), expected: [404] });
    if (status === 404 || body.metadata?.uid !== job.uid) return "gone";
    if (!isAsExpected(body, change.expect ?? {})) return "stale";
    ours = body.metadata?.finalizers?.indexOf(finalizer) ?? -1;
  }
  return "stale";
};

interface Status {
  readonly message?: string;
  readonly details?: { readonly causes?: readonly unknown[] };
}

const attempt = async (api: KubernetesApi, job: JobRef, body: readonly Operation[]) => {
  const contentType = "application/json-patch+json";
  const call = { method: "PATCH", path: pathOfJob(job), contentType, body, unread: true } as const;
  const { status, body: said } = await api.call<Status>({ ...call, expected: [404, 422] });
  if (status === 404) return "gone";
  if (status !== 422) return "done";
  // A failed test and an invalid Job are both 422; only the latter has causes (apiserver: endpoints/handlers/patch.go).
  if (!said.details?.causes?.length) return "test failed";
  const message = `Kubernetes refused to change Job ${job.namespace}/${job.name}: ${said.message}`;
  throw new IoError(message, { retryable: false, httpStatus: 422 });
};

interface Operation {
  readonly op: "test" | "add" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

const operationsOf = (job: JobRef, change: JobChange, finalizerIndex: number): Operation[] => [
  test("/metadata/uid", job.uid),
  ...fieldsOf(change.expect ?? {}).map(([path, value]) => test(path, value)),
  // `add` replaces existing values (RFC 6902, section 4.1).
  ...fieldsOf(change).map(([path, value]) => ({ op: "add" as const, path, value })),
  ...(change.finalizeJob && finalizerIndex >= 0 ? removeFinalizer(finalizerIndex) : []),
];

const fieldsOf = (given: JobChange): [path: string, value: unknown][] => {
  const annotations = Object.entries(given.annotations ?? {});
  const fields = {
    ...Object.fromEntries(annotations.map(([name, value]) => [`/metadata/annotations/${pointer(name)}`, value])),
    [`/metadata/labels/${pointer(label.state)}`]: given.state,
    "/spec/suspend": given.suspend,
    "/spec/activeDeadlineSeconds": given.activeDeadlineSeconds,
    "/spec/ttlSecondsAfterFinished": given.ttlSeconds,
  };
  return Object.entries(fields).filter(([, value]) => value !== undefined);
};

const removeFinalizer = (index: number): Operation[] => [
  test(`/metadata/finalizers/${index}`, finalizer),
  { op: "remove", path: `/metadata/finalizers/${index}` },
];

const test = (path: string, value: unknown): Operation => ({ op: "test", path, value });

/** Escapes a name for a JSON Pointer (RFC 6901). */
const pointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

const isAsExpected = (
  job: Job,
  { annotations = {}, suspend, activeDeadlineSeconds: deadlineSeconds }: NonNullable<JobChange["expect"]>,
): boolean =>
  Object.entries(annotations).every(([name, value]) => job.metadata?.annotations?.[name] === value) &&
  (suspend === undefined || (job.spec?.suspend ?? false) === suspend) &&
  (deadlineSeconds === undefined || job.spec?.activeDeadlineSeconds === deadlineSeconds);
