// The order of an action's tasks: in some worlds a graph with random needs, when, onError and failFast.
import { checkOrder, graphOf } from "../../functions/lib/core/config/check-order.ts";
import type { Graph } from "../../functions/lib/core/run/graph.ts";
import type { Chance } from "./chance.ts";

interface DrawnTask {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly when?: "failure" | "always";
  readonly onError?: "warn" | "continue";
}

export interface DrawnGraph {
  readonly failFast: boolean;
  readonly tasks: readonly DrawnTask[];
  /** As the functions parse it. */
  readonly graph: Graph;
}

const graphShare = 0.3;
export const mostTasks = 12;

/** @returns undefined: they run one after the other */
export const drawGraph = (chance: Chance, place: string, size: number): DrawnGraph | undefined => {
  const spot = chance.at(place);
  if (spot.roll("graph") >= graphShare) return undefined;
  const tasks = Array.from({ length: size }, (_, index) => drawTask(chance, `${place} task-${index + 1}`, index));
  const failFast = spot.roll("failFast") < 0.3;
  const graph = graphOf(tasks, failFast);
  return graph && checkOrder(tasks).length === 0 ? { failFast, tasks, graph } : undefined;
};

const nameOf = (index: number): string => `task-${index + 1}`;

const drawTask = (chance: Chance, place: string, index: number): DrawnTask => {
  const spot = chance.at(place);
  const before = Array.from({ length: index }, (_, other) => nameOf(other));
  const needs = before.filter((name) => spot.roll(`needs ${name}`) < 0.4);
  const [when, onError] = [spot.roll("when"), spot.roll("onError")];
  return {
    name: nameOf(index),
    ...(spot.roll("has needs") < 0.7 ? { needs } : {}),
    ...(when < 0.15 ? { when: "failure" as const } : when < 0.3 ? { when: "always" as const } : {}),
    ...(onError < 0.1 ? { onError: "warn" as const } : onError < 0.2 ? { onError: "continue" as const } : {}),
  };
};

/** Lines of a job config. */
export const linesOf = (drawn: DrawnGraph | undefined, index: number): string[] => {
  const { name: _, ...fields } = drawn?.tasks[index] ?? { name: "" };
  return Object.entries(fields).map(([field, value]) => `        ${field}: ${JSON.stringify(value)}`);
};
