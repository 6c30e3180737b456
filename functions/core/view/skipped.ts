// Which tasks of a graph never run, and why, also once their Jobs are gone.
import { whySkipped } from "../graph-report.ts";
import { hasBegun } from "../graph-step.ts";
import { type RunState, type TaskState, wasReported } from "../run-state.ts";

/** By task, from 0. */
export const skippedIn = (run: RunState): ReadonlyMap<number, string> => {
  const { graph } = run.chain;
  if (!graph || !(hasBegun(run) || wasReported(run))) return new Map();
  return whySkipped(wasReported(run) ? { ...run, tasks: run.tasks.map(asItWas) } : run, graph);
};

/** A Job that never ran is deleted once its run was reported. */
const asItWas = (task: TaskState): TaskState => {
  const isGone = task.phase === "missing" || (task.phase === "deleted" && task.job?.spec?.suspend === true);
  return isGone ? { ...task, phase: "waiting" } : task;
};
