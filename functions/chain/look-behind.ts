// Looks behind the failure of a Job: it fails with its pod, and a pod with any of its containers. The task's own may have done its work.
import type { Step } from "../core/next-step.ts";
import { type OwnEnd, ownEndNoted } from "../core/own-end.ts";
import type { RunState, TaskState } from "../core/run-state.ts";
import { stoppedNoted } from "../core/stopped.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import { listPods } from "./list-pods.ts";
import type { ChainPorts } from "./ports.ts";

export interface Looked {
  /** Tasks behind whose failure nothing was found. */
  readonly looked: readonly number[];
  readonly ownEnd?: { readonly task: number; readonly end: OwnEnd };
  /** Pods behind a failure could not be listed: who may list them can find that the task passed. */
  readonly unread?: true;
}

/** Of a line the failure that would end it; of a graph each: other tasks start for it, stop, or wait in vain. */
export const failuresToLookBehind = (run: RunState, step: Step, looked: readonly number[]): readonly number[] => {
  if (run.marks.end) return [];
  const isNew = (task: number) => !looked.includes(task);
  if (!run.chain.graph) {
    if (step.kind !== "report" || step.end.kind !== "failed") return [];
    const { job } = run.tasks[step.end.task] ?? {};
    return job && stoppedNoted(job) ? [] : [step.end.task].filter(isNew);
  }
  const isNext = ["report", "release", "stop", "wait"].includes(step.kind);
  return isNext ? [...run.tasks.keys()].filter((task) => isNew(task) && isUnknown(run.tasks[task])) : [];
};

const isUnknown = (task: TaskState | undefined): boolean =>
  task?.phase === "failed" && task.job !== undefined && !ownEndNoted(task.job) && !stoppedNoted(task.job);

/** @param failures at least one @returns the first one behind which there is something, as far as that */
export const lookBehind = async (ports: ChainPorts, run: RunState, failures: readonly number[]): Promise<Looked> => {
  const looked: number[] = [];
  let unread: Pick<Looked, "unread"> = {};
  for (const task of failures) {
    const behind = await endBehind(ports, run.tasks[task]);
    if (behind.unread) unread = { unread: true };
    looked.push(task); // a delivery that is faster notes it, too
    if (behind.end) return { looked, ...unread, ownEnd: { task, end: behind.end } };
  }
  return { looked, ...unread };
};

const endBehind = async (ports: ChainPorts, task: TaskState | undefined): Promise<{ end?: OwnEnd; unread?: true }> => {
  const { job } = task ?? {};
  if (!job || ownEndNoted(job)) return {};
  const { pods, unread } = await listPods(ports, job);
  if (unread !== undefined) return { unread: true };
  const end = await findHiddenEnd(ports, job, pods.at(-1));
  return end ? { end } : {};
};
