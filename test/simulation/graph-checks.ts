// What must hold of a run whose tasks are more than a line: by a second definition of it, and what the simulation knows.
import type { Graph } from "../../functions/lib/core/run/graph.ts";
import type { TaskPhase } from "../../functions/lib/core/run/run-state.ts";
import { faultOfEnd, faultOfStart, firstBad } from "../graphs.ts";
import type { Life } from "./facts.ts";

export const phasesOf = (graph: Graph, life: Life): TaskPhase[] =>
  graph.tasks.map((_, task) => {
    if (life.stopped.has(task)) return "failed";
    if (life.passed.has(task)) return "succeeded";
    if (life.over.has(task) || life.deleted.has(task) || life.forced.has(task)) return "failed";
    return life.ran.has(task) ? "running" : "waiting";
  });

/** A pod starts within so much of its release. */
const releasedWithinMs = 2000;

/**
 * With failFast a task can be released at the very moment in which another one fails: it is stopped then. So it is with the Job of a
 * task that never ran, which somebody removes then. All else that forbids a start was there before the task was due.
 * @returns what is wrong with it that its pod starts now
 */
export const faultOfPod = (
  { tasks }: Graph,
  life: Life,
  { task, nowMs }: { readonly task: number; readonly nowMs: number },
): string | undefined => {
  const graph = { tasks };
  const isJustRemoved = (other: number): boolean =>
    !life.ran.has(other) && nowMs - (life.removedMs.get(other) ?? 0) < releasedWithinMs;
  const phases = phasesOf(graph, life).map((phase, other) => (isJustRemoved(other) ? "waiting" : phase));
  return faultOfStart(graph, phases.with(task, "waiting"), task);
};

/** Whether its `.finished` may say that all went well. */
export const isGraphThrough = (graph: Graph, life: Life): boolean => {
  // Somebody deleted the Job of a task that had no reason to run, and that nobody minds: it did not run.
  const isUnneeded = (task: number): boolean => {
    const { when, onError } = graph.tasks[task] ?? {};
    return when === "failure" && onError !== undefined && !life.ran.has(task);
  };
  const phases = phasesOf(graph, life).map((phase, task) => (isUnneeded(task) ? "waiting" : phase));
  return firstBad(graph, phases) === undefined && faultOfEnd(graph, phases) === undefined;
};

/** Whether a task that Kubernetes took away makes the run errored. */
export const isMinded = (graph: Graph | undefined, task: number): boolean => graph?.tasks[task]?.onError === undefined;
