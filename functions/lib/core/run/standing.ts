// The standing of each task of a graph, derived from the phases of the Jobs alone.
import { type Graph, type GraphNode, nodesOf } from "./graph.ts";
import type { TaskPhase } from "./run-state.ts";

export type Standing =
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
export const standingsOf = (graph: Graph, phases: readonly TaskPhase[]): readonly Standing[] => {
  const nodes = nodesOf(graph);
  const ended = nodes.map((node, task) => standingOfPhase(node, phases[task] ?? "missing"));
  const isStopped = graph.failFast === true && ended.includes("failed");
  const known: (Standing | undefined)[] = [...ended];
  const standingOf = (task: number): Standing => {
    const standing = known[task] ?? standingBefore(nodes[task]!, standingOf, isStopped);
    known[task] = standing;
    return standing;
  };
  return nodes.map((_, task) => standingOf(task));
};

export const isOpen = (standing: Standing): boolean =>
  standing === "waits" || standing === "ready" || standing === "running";

/** @returns undefined: it has not been released */
const standingOfPhase = ({ onError }: GraphNode, phase: TaskPhase): Standing | undefined => {
  if (phase === "waiting") return undefined;
  if (phase === "running") return "running";
  return phase === "succeeded" || onError !== "fail" ? "passed" : "failed";
};

const standingBefore = (
  { needs, spared, when }: GraphNode,
  standingOf: (task: number) => Standing,
  isStopped: boolean,
): Standing => {
  const before = needs.map(standingOf);
  if (when !== "success") {
    if (before.some(isOpen)) return "waits";
    return when === "always" || before.includes("failed") ? "ready" : "spared";
  }
  const unneeded = spared.map(standingOf);
  if (isStopped || before.some(isBar) || unneeded.some(isReason)) return "barred";
  if (before.includes("spared")) return "spared";
  return [...before, ...unneeded].some(isOpen) ? "waits" : "ready";
};

const isBar = (standing: Standing): boolean => standing === "failed" || standing === "barred";

/** Whether a task that runs only after a failure has a reason to run. */
const isReason = (standing: Standing): boolean => standing !== "waits" && standing !== "spared";
