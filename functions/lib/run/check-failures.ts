// Checks a failed Job: it fails with its pod, and a pod with any of its containers, but the task's own container may have passed.
import { annotation } from "../core/annotations/annotations.ts";
import { type OwnEnd, ownEndNoted } from "../core/annotations/own-end.ts";
import type { Stopped } from "../core/annotations/stopped.ts";
import { explainFailure } from "../core/pod/explain-failure.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { expireDeadline } from "./close-jobs.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import type { ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";

export interface CheckedFailures {
  /** Tasks whose failures were checked. */
  readonly checked: readonly number[];
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
}

/** @param failures at least one @returns the first hidden end, and the tasks checked until then */
export const checkFailures = async (
  ports: ReconcilePorts,
  run: RunState,
  failures: readonly number[],
): Promise<CheckedFailures> => {
  const checked: number[] = [];
  for (const task of failures) {
    const end = await endBehind(ports, run, run.tasks[task]);
    checked.push(task); // also if another delivery notes the end first
    if (end) return { checked, ownEnd: { task, end } };
  }
  return { checked };
};

const endBehind = async (
  ports: ReconcilePorts,
  run: RunState,
  task: TaskState | undefined,
): Promise<OwnEnd | undefined> => {
  if (!task?.job || ownEndNoted(task.job)) return undefined;
  const { pods, unread } = await listPods(ports, task.job);
  if (unread === undefined) return findHiddenEnd(ports, task.job, pods.at(-1));
  // A delivery that can list the pods must not find that the task passed after others acted on its failure.
  const stopped: Stopped = { because: "unread", why: explainFailure(task.job, undefined, true) };
  await expireDeadline(ports, run, task, {
    suspend: false,
    annotations: { [annotation.stopped]: JSON.stringify(stopped) },
    line: { message: "a task failed: its Job's status counts, since its pods cannot be listed" },
  });
  return undefined;
};
