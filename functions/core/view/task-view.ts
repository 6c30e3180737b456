// A task as people look at it: where it stands, and what it spent its time on.

import { explainFailure } from "../explain-failure.ts";
import type { Job, Pod } from "../kubernetes.ts";
import { ownEndNoted } from "../own-end.ts";
import { ownEndOf } from "../pod-end.ts";
import { failureOf, type TaskState } from "../run-state.ts";
import { explainSidecars, hiddenEndOf } from "../sidecars.ts";
import { troubleOf } from "../start-trouble.ts";
import { containersOfTask, endOfContainer, hasStarted, startOf } from "../task-containers.ts";

export type TaskWord =
  /** Its turn has not come. */
  | "waiting"
  /** Released; no container of it has started. */
  | "starting"
  /** Its init container is at work: it fetches the task's files. */
  | "init"
  | "running"
  | "passed"
  | "failed"
  /** Kubernetes cannot start one of its containers. */
  | "cannot-start"
  /** Somebody deleted its Job. */
  | "deleted"
  /** It has no Job: not created yet, or let go because it never ran. */
  | "missing"
  /** Its Job cannot be read. */
  | "unknown";

export interface TaskView {
  readonly name: string;
  readonly state: TaskWord;
  readonly namespace: string;
  readonly job: string;
  /** Its newest pod, where one is known. */
  readonly pod?: string;
  readonly image?: string;
  readonly deadlineSeconds?: number;
  readonly phases: readonly Phase[];
  /** Why it failed, where its pod is known. */
  readonly why?: string;
  /** What its sidecars did to it, although it is no failure. */
  readonly note?: string;
}

/** Times are RFC 3339. Without an end it lasts. */
export interface Phase {
  readonly phase: "waiting" | "starting" | "init" | "running";
  readonly from: string;
  readonly until?: string;
}

/**
 * @param pods those of this task that are known, newest last
 * @param jobsUnread namespaces whose Jobs cannot be listed
 */
export const viewTask = (
  { link, phase, job }: TaskState,
  pods: readonly Pod[],
  jobsUnread?: ReadonlyMap<string, string>,
): TaskView => {
  const pod = pods.at(-1);
  const container = job?.spec?.template.spec?.containers[0];
  const state = jobsUnread?.has(link.namespace) ? "unknown" : wordOf(phase, job, pod);
  const note = job && (ownEndNoted(job) ?? (phase === "failed" ? hiddenEndOf(job, pod, 0) : undefined));
  const deadlineSeconds = job?.spec?.template.spec?.activeDeadlineSeconds;
  return {
    name: link.task,
    state,
    namespace: link.namespace,
    job: link.name,
    ...(pod?.metadata?.name ? { pod: pod.metadata.name } : {}),
    ...(container?.image ? { image: container.image } : {}),
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    phases: job ? phasesOf(job, pod) : [],
    ...(state === "failed" && job && pod ? { why: explainFailure(job, pod) } : {}),
    ...(note ? { note: explainSidecars(note) } : {}),
  };
};

const wordOf = (phase: TaskState["phase"], job: Job | undefined, pod: Pod | undefined): TaskWord => {
  if (phase === "succeeded" || (phase === "failed" && job && ownEndOf(job, pod)?.exitCode === 0)) return "passed";
  if (phase !== "running" || !job) return phase === "running" ? "starting" : phase;
  if (!pod) return job?.status?.ready ? "running" : "starting";
  if (troubleOf(job, pod)?.kind === "container") return "cannot-start";
  const { own, init, nativeSidecars } = containersOfTask(job, pod);
  if (own?.state?.terminated) return own.state.terminated.exitCode === 0 ? "passed" : "failed";
  if (hasStarted(own)) return "running";
  return [...init, ...nativeSidecars].some(hasStarted) ? "init" : "starting";
};

/** In their order; each begins where the one before it ended. */
const phasesOf = (job: Job, pod: Pod | undefined): Phase[] => {
  const created = job.metadata?.creationTimestamp;
  const released = job.spec?.suspend ? undefined : job.status?.startTime;
  const { init, main, ended } = timesOf(job, pod);
  const end = endOf(job) ?? ended;
  // Of a pod that is not known it is not known either when it started: all of the time counts as running.
  const alone = !pod && (end !== undefined || (job.status?.ready ?? 0) > 0);
  const begun: readonly [Phase["phase"], string | undefined][] = [
    ["waiting", created],
    ["starting", alone ? undefined : released],
    ["init", init],
    ["running", alone ? released : main],
  ];
  const known = begun.flatMap(([phase, from]) => (from ? [{ phase, from }] : []));
  return known.map((one, index) => {
    const until = known[index + 1]?.from ?? (one.phase === "running" ? (ended ?? end) : end);
    return until === undefined ? one : { ...one, until };
  });
};

/** Since when its containers run, and until when the task's own did. */
const timesOf = (job: Job, pod: Pod | undefined) => {
  const { own, init, nativeSidecars } = containersOfTask(job, pod);
  const first = [...init, ...nativeSidecars].map(startOf).find(Boolean);
  return { init: first, main: startOf(own), ended: endOfContainer(own) ?? ownEndNoted(job)?.finishedAt };
};

/** When its Job was over, one way or another. */
export const endOf = (job: Job): string | undefined =>
  job.status?.completionTime ?? failureOf(job)?.lastTransitionTime ?? successOf(job) ?? job.metadata?.deletionTimestamp;

/** A moment before its completionTime is there. */
const successOf = (job: Job): string | undefined =>
  job.status?.conditions?.find(({ type, status }) => type === "SuccessCriteriaMet" && status === "True")
    ?.lastTransitionTime;
