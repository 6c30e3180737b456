// Checks a failed Job: it fails with its pod, and a pod with any of its containers, but the task's own container may have passed.
import { type OwnEnd, ownEndNoted } from "../core/annotations/own-end.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import type { ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";

export interface CheckedFailures {
  /** Tasks whose failures were checked. */
  readonly checked: readonly number[];
  /** The pods of a failure could not be listed. A delivery that can list them may find that the task passed. */
  readonly unread: boolean;
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
}

/** @param failures at least one @returns the first hidden end, and the tasks checked until then */
export const checkFailures = async (
  ports: ReconcilePorts,
  run: RunState,
  failures: readonly number[],
): Promise<CheckedFailures> => {
  const checked: number[] = [];
  let unread = false;
  for (const task of failures) {
    const behind = await endBehind(ports, run.tasks[task]);
    unread ||= behind.unread === true;
    checked.push(task); // also if another delivery notes the end first
    if (behind.end) return { checked, unread, ownEnd: { task, end: behind.end } };
  }
  return { checked, unread };
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
