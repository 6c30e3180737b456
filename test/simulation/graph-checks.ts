// Invariants for runs with a graph of tasks, from a second definition of the graph and the simulation's own facts.
import type { Graph } from "../../functions/lib/core/run/graph.ts";
import { faultOfEnd, faultOfStart, firstBad, type Phase, stoppedByFailFast } from "../graphs.ts";
import type { Life } from "./facts.ts";

export const phasesOf = (graph: Graph, life: Life): Phase[] =>
  graph.tasks.map((_, task): Phase => {
    if (life.stopped.has(task)) return "failed";
    if (life.passed.has(task)) return "succeeded";
    const isRemoved = life.deleted.has(task) || life.forced.has(task);
    if (isRemoved && !life.ran.has(task)) return "gone";
    if (isRemoved || life.over.has(task)) return "failed";
    return life.ran.has(task) ? "running" : "waiting";
  });

/** What a delivery sees of a task that passed when its pods may not be listed, or when somebody removed its Job by force. */
const lessSeen = (life: Life, task: number): Phase | undefined => {
  if (!life.passed.has(task)) return undefined;
  if (life.forced.has(task)) return "gone";
  return life.unread.has(task) && life.over.has(task) ? "failed" : undefined;
};

/**
 * With failFast, a task can be released at the very moment when another one fails: then it is stopped. Everything else that forbids
 * a start happened before the task was due.
 * @returns the reason why its pod must not start now
 */
export const faultOfPod = (graph: Graph, life: Life, task: number): string | undefined => {
  const phases = phasesOf(graph, life).with(task, "waiting");
  const seen = phases.map((phase, other) => lessSeen(life, other) ?? phase);
  const faults = [phases, seen].map((one) => faultOfStart(graph, one, task));
  return faults.some((fault) => fault === undefined || fault === stoppedByFailFast) ? undefined : faults[0];
};

/** Whether its `.finished` may report success. */
export const isGraphThrough = (graph: Graph, life: Life): boolean => {
  const phases = phasesOf(graph, life);
  return firstBad(graph, phases) === undefined && faultOfEnd(graph, phases) === undefined;
};

/** Whether a removed pod of the task makes the run errored. */
export const isMinded = (graph: Graph | undefined, task: number): boolean => graph?.tasks[task]?.onError === undefined;
