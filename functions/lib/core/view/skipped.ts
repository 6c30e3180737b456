// Finds the tasks of a graph that never run, and why, even after their Jobs are deleted.
import { whySkipped } from "../report/graph-report.ts";
import { hasBegun } from "../run/graph-step.ts";
import { type RunState, type TaskState, wasReported } from "../run/run-state.ts";

/** By task index. */
export const skippedIn = (run: RunState): ReadonlyMap<number, string> => {
  const { graph } = run.spec;
  if (!graph || !(hasBegun(run) || wasReported(run))) return new Map();
  return whySkipped(wasReported(run) ? { ...run, tasks: run.tasks.map(asItWas) } : run, graph);
};

/** A Job that never ran is deleted when its run is reported. */
const asItWas = (task: TaskState): TaskState => {
  const isGone = task.phase === "missing" || (task.phase === "deleted" && task.job?.spec?.suspend === true);
  return isGone ? { ...task, phase: "waiting" } : task;
};
