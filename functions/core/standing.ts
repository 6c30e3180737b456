// Where each task of a graph stands, from the phases of their Jobs alone.
import { type Graph, type GraphNode, nodesOf } from "./graph.ts";
import type { TaskPhase } from "./run-state.ts";

export type Standing =
  /** For tasks that have not ended. */
  | "waits"
  /** Nothing is before it: it is to be released. */
  | "ready"
  | "running"
  /** It succeeded, or nobody minds that it did not. */
  | "passed"
  | "failed"
  /** It never runs: what it needs has failed, or will never run for that reason. */
  | "barred"
  /** It never runs: there is no reason to. */
  | "spared";

/** @param phases one for each task; the graph has no circle: see {@link cycleOf} */
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

/** Of a task that runs only after a failure: it has one. */
const isReason = (standing: Standing): boolean => standing !== "waits" && standing !== "spared";
