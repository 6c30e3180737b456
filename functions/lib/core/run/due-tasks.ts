// Which tasks of a graph are due, have ended, or never run: derived from the phases of the Jobs alone.
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

/**
 * A Job that was removed before its task's turn changes nothing until then: the task fails when its needs have passed.
 * @param phases one for each task. The graph must have no cycle: see {@link cycleOf}
 */
export const taskStatusesOf = (graph: Graph, phases: readonly TaskPhase[]): readonly TaskStatus[] => {
  const nodes = nodesOf(graph);
  const ended = nodes.map((node, task) => statusOfPhase(node, phases[task]));
  const statuses = deriveStatuses(nodes, { phases, ended, isStopped: false });
  if (!graph.failFast || !statuses.includes("failed")) return statuses;
  const failed = statuses.map((status) => (status === "failed" ? status : undefined));
  return deriveStatuses(nodes, { phases, ended: ended.map((status, task) => status ?? failed[task]), isStopped: true });
};

interface Known {
  readonly phases: readonly TaskPhase[];
  readonly ended: readonly (TaskStatus | undefined)[];
  /** By `failFast`. */
  readonly isStopped: boolean;
}

const deriveStatuses = (nodes: readonly GraphNode[], { phases, ended, isStopped }: Known): readonly TaskStatus[] => {
  const known = [...ended];
  const statusOf = (task: number): TaskStatus => {
    const node = nodes[task]!;
    const status = known[task] ?? statusBefore(node, statusOf, isStopped);
    known[task] = status === "ready" && phases[task] !== "waiting" ? statusOfFailed(node) : status;
    return known[task];
  };
  return nodes.map((_, task) => statusOf(task));
};

export const isOpen = (status: TaskStatus): boolean => status === "waits" || status === "ready" || status === "running";

/** @returns undefined: it depends on the tasks before it */
const statusOfPhase = (node: GraphNode, phase: TaskPhase | undefined): TaskStatus | undefined => {
  if (phase === "running") return "running";
  if (phase === "succeeded") return "passed";
  return phase === "failed" ? statusOfFailed(node) : undefined;
};

const statusOfFailed = ({ onError }: GraphNode): TaskStatus => (onError === "fail" ? "failed" : "passed");

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
