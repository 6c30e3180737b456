// The view of a task: its state and its phases.
import { ownEndNoted } from "../annotations/own-end.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import type { Job, Pod } from "../kubernetes.ts";
import { explainFailure } from "../pod/explain-failure.ts";
import { ownEndOf } from "../pod/pod-end.ts";
import { isRetried } from "../pod/retried.ts";
import { explainSidecars, hiddenEndOf } from "../pod/sidecars.ts";
import { startBlockerOf } from "../pod/start-blocker.ts";
import { containersOfTask, hasStarted } from "../pod/task-containers.ts";
import { explainTries, type Tries, triesOf } from "../pod/tries.ts";
import type { OnError } from "../run/graph.ts";
import type { TaskState } from "../run/run-state.ts";
import { type Phase, phasesOf } from "./phases.ts";

export type TaskWord =
  /** Not released yet. */
  | "waiting"
  /** Released, but no container has started; also between two tries. */
  | "starting"
  /** Its init container is fetching the task's files. */
  | "init"
  | "running"
  | "passed"
  | "failed"
  /** Kubernetes cannot start one of its containers. */
  | "cannot-start"
  /** Somebody deleted its Job. */
  | "deleted"
  /** In a graph: it never runs, because of the results of other tasks. */
  | "skipped"
  /** It has no Job: not created yet, or deleted because it never ran. */
  | "missing"
  /** Its Job cannot be read. */
  | "unknown";

export interface TaskView {
  readonly name: string;
  readonly state: TaskWord;
  readonly namespace: string;
  readonly job: string;
  /** Its newest pod, if known. */
  readonly pod?: string;
  readonly image?: string;
  readonly deadlineSeconds?: number;
  readonly phases: readonly Phase[];
  /** Why it failed, if its pod is known. */
  readonly why?: string;
  /** Effects of its sidecars, and results of earlier tries. */
  readonly note?: string;
  /** Why it never runs, as a sentence. */
  readonly skipped?: string;
  /** Set if its failure is only a warning, or does not count. */
  readonly onError?: OnError;
  /** Set if the task may be retried. */
  readonly tries?: Tries;
}

/** Information from the run. */
export interface AboutTask {
  /** Namespaces whose Jobs cannot be listed. */
  readonly jobsUnread?: ReadonlyMap<string, string> | undefined;
  /** See {@link TaskView}. */
  readonly skipped?: string | undefined;
  readonly onError?: OnError | undefined;
}

/** @param pods the task's known pods, newest last */
export const viewTask = (
  { ref, phase, job }: TaskState,
  pods: readonly Pod[],
  { jobsUnread, skipped, onError }: AboutTask = {},
): TaskView => {
  const pod = pods.at(-1);
  const container = job?.spec?.template.spec?.containers[0];
  const known = skipped === undefined ? wordOf(phase, job, pod) : "skipped";
  const state = jobsUnread?.has(ref.namespace) ? "unknown" : known;
  const note = job ? noteOf(phase, job, pods) : "";
  const tries = job && state !== "skipped" ? triesOf(job, pods) : undefined;
  const deadlineSeconds = job?.spec?.template.spec?.activeDeadlineSeconds;
  return {
    name: ref.task,
    state,
    namespace: ref.namespace,
    job: ref.name,
    ...(pod?.metadata?.name ? { pod: pod.metadata.name } : {}),
    ...(container?.image ? { image: container.image } : {}),
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    phases: job && state !== "skipped" ? phasesOf(job, pods) : [],
    ...(state === "failed" && job && (pod || stoppedNoted(job)) ? { why: explainFailure(job, pod) } : {}),
    ...(note ? { note } : {}),
    ...(skipped === undefined ? {} : { skipped }),
    ...(onError ? { onError } : {}),
    ...(tries ? { tries } : {}),
  };
};

const noteOf = (phase: TaskState["phase"], job: Job, pods: readonly Pod[]): string => {
  const hidden = ownEndNoted(job) ?? (phase === "failed" ? hiddenEndOf(job, pods.at(-1), 0) : undefined);
  return [...explainTries(job, pods), ...(hidden ? [explainSidecars(hidden)] : [])].join(" ");
};

const wordOf = (phase: TaskState["phase"], job: Job | undefined, pod: Pod | undefined): TaskWord => {
  if (phase === "succeeded" || (phase === "failed" && job && ownEndOf(job, pod)?.exitCode === 0)) return "passed";
  if (phase !== "running" || !job) return phase === "running" ? "starting" : phase;
  if (!pod) return job?.status?.ready ? "running" : "starting";
  if (startBlockerOf(job, pod)?.kind === "container") return "cannot-start";
  const { own, init, nativeSidecars } = containersOfTask(job, pod);
  if (own?.state?.terminated) {
    if (own.state.terminated.exitCode === 0) return "passed";
    return isRetried(job) ? "starting" : "failed"; // only the Job controller knows whether it is retried
  }
  if (hasStarted(own)) return "running";
  return [...init, ...nativeSidecars].some(hasStarted) ? "init" : "starting";
};
