// The standing of each task of a graph, derived from the phases of the Jobs alone.
import { type Graph, type GraphNode, nodesOf } from "./graph.ts";
import type { TaskPhase } from "./run-state.ts";

export type TaskStatus =
  /** For tasks that have not ended. */
  | "waits"
  /** It waits for nothing any more, and must be released. */
  | "ready"
  | "running"
  /** It succeeded, or its failure is tolerated. */
  | "passed"
  | "failed"
  /** It never runs: a task that it needs failed, or is barred itself. */
  | "barred"
  /** It never runs: there is no reason to. */
  | "spared";

/** @param phases one for each task. The graph must have no cycle: see {@link cycleOf} */
export const taskStatusesOf = (graph: Graph, phases: readonly TaskPhase[]): readonly TaskStatus[] => {
  const nodes = nodesOf(graph);
  const ended = nodes.map((node, task) => statusOfPhase(node, phases[task] ?? "missing"));
  const isStopped = graph.failFast === true && ended.includes("failed");
  const known: (TaskStatus | undefined)[] = [...ended];
  const statusOf = (task: number): TaskStatus => {
    const status = known[task] ?? statusBefore(nodes[task]!, statusOf, isStopped);
    known[task] = status;
    return status;
  };
  return nodes.map((_, task) => statusOf(task));
};

export const isOpen = (status: TaskStatus): boolean => status === "waits" || status === "ready" || status === "running";

/** @returns undefined: it has not been released */
const statusOfPhase = ({ onError }: GraphNode, phase: TaskPhase): TaskStatus | undefined => {
  if (phase === "waiting") return undefined;
  if (phase === "running") return "running";
  return phase === "succeeded" || onError !== "fail" ? "passed" : "failed";
};

const statusBefore = (
  { needs, spared, when }: GraphNode,
  statusOf: (task: number) => TaskStatus,
  isStopped: boolean,
): TaskStatus => {
  const before = needs.map(statusOf);
  if (when !== "success") {
    if (before.some(isOpen)) return "waits";
    return when === "always" || before.includes("failed") ? "ready" : "spared";
  }
  const unneeded = spared.map(statusOf);
  if (isStopped || before.some(isBar) || unneeded.some(isReason)) return "barred";
  if (before.includes("spared")) return "spared";
  return [...before, ...unneeded].some(isOpen) ? "waits" : "ready";
};

const isBar = (status: TaskStatus): boolean => status === "failed" || status === "barred";

/** Whether a task that runs only after a failure has a reason to run. */
const isReason = (status: TaskStatus): boolean => status !== "waits" && status !== "spared";
