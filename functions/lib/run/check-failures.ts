// Looks behind a failed Job. It fails with its pod, and a pod with any of its containers, but the task's own container may have passed.
import { type OwnEnd, ownEndNoted } from "../core/annotations/own-end.ts";
import { stoppedNoted } from "../core/annotations/stopped.ts";
import type { Step } from "../core/run/next-step.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import { listPods } from "./list-pods.ts";
import type { ReconcilePorts } from "./ports.ts";

export interface CheckedFailures {
  /** Tasks whose failures were looked behind. */
  readonly looked: readonly number[];
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
  /** The pods of a failure could not be listed. A delivery that can list them may find that the task passed. */
  readonly unread?: true;
}

/** Without a graph, the failure that would end the run. In a graph every failure, because other tasks start, stop or wait because of it. */
export const failuresToCheck = (run: RunState, step: Step, looked: readonly number[]): readonly number[] => {
  if (run.annotations.end) return [];
  const isNew = (task: number) => !looked.includes(task);
  if (!run.spec.graph) {
    if (step.kind !== "report" || step.end.kind !== "failed") return [];
    const { job } = run.tasks[step.end.task] ?? {};
    return job && stoppedNoted(job) ? [] : [step.end.task].filter(isNew);
  }
  const isNext = ["report", "release", "stop", "wait"].includes(step.kind);
  return isNext ? [...run.tasks.keys()].filter((task) => isNew(task) && isUnknown(run.tasks[task])) : [];
};

const isUnknown = (task: TaskState | undefined): boolean =>
  task?.phase === "failed" && task.job !== undefined && !ownEndNoted(task.job) && !stoppedNoted(task.job);

/** @param failures at least one @returns the first hidden end, and the tasks looked at until then */
export const checkFailures = async (
  ports: ReconcilePorts,
  run: RunState,
  failures: readonly number[],
): Promise<CheckedFailures> => {
  const looked: number[] = [];
  let unread: Pick<CheckedFailures, "unread"> = {};
  for (const task of failures) {
    const behind = await endBehind(ports, run.tasks[task]);
    if (behind.unread) unread = { unread: true };
    looked.push(task); // also if another delivery notes the end first
    if (behind.end) return { looked, ...unread, ownEnd: { task, end: behind.end } };
  }
  return { looked, ...unread };
};

const endBehind = async (
  ports: ReconcilePorts,
  task: TaskState | undefined,
): Promise<{ end?: OwnEnd; unread?: true }> => {
  const { job } = task ?? {};
  if (!job || ownEndNoted(job)) return {};
  const { pods, unread } = await listPods(ports, job);
  if (unread !== undefined) return { unread: true };
  const end = await findHiddenEnd(ports, job, pods.at(-1));
  return end ? { end } : {};
};
