// What must be done before the next step of a run: failures to check, values to pass, tasks to close.
import { ownEndNoted } from "../annotations/own-end.ts";
import { stoppedNoted } from "../annotations/stopped.ts";
import { wantedValuesOf } from "../annotations/wanted-values.ts";
import { expiredDeadlineSeconds } from "../job/deadlines.ts";
import { taskStatusesIn } from "./graph-step.ts";
import type { Step } from "./next-step.ts";
import type { RunState, TaskState } from "./run-state.ts";

/** Without a graph, the failure that would end the run. In a graph every failure, because other tasks start, stop or wait because of it. */
export const failuresToCheck = (run: RunState, step: Step, checked: readonly number[]): readonly number[] => {
  if (run.annotations.end) return [];
  const isNew = (task: number) => !checked.includes(task);
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

/** @param passed tasks whose values this delivery has passed @returns tasks of the step that still need values */
export const valuesDue = (run: RunState, step: Step, passed: readonly number[]): readonly number[] =>
  step.kind === "release"
    ? step.tasks.filter((task) => !passed.includes(task) && wantedValuesOf(run.tasks[task]?.job).length > 0)
    : [];

/**
 * After a failure with `failFast`, ready tasks must not start: deliveries that read the Jobs before the failure could still release them.
 * @returns tasks that must not run but could still be released behind a cleanup task, or behind the report
 */
export const jobsToClose = (run: RunState, step: Step): readonly number[] => {
  const { graph } = run.spec;
  if (!graph?.failFast || run.annotations.end || (step.kind !== "release" && step.kind !== "report")) return [];
  const statuses = taskStatusesIn(run, graph);
  if (!statuses.includes("failed")) return [];
  return [...statuses.keys()].filter((task) => {
    if (step.kind === "release" && statuses[task] !== "barred") return false;
    const { job, phase } = run.tasks[task] ?? {};
    const deadlineSeconds = job?.spec?.activeDeadlineSeconds;
    return phase === "waiting" && deadlineSeconds !== undefined && deadlineSeconds !== expiredDeadlineSeconds;
  });
};
