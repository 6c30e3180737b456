// Which tasks use values of which earlier tasks, and which tasks write none.
import { type Graph, nodesOf, tasksBefore } from "../../functions/lib/core/run/graph.ts";
import type { Chance } from "./chance.ts";

export interface DrawnValues {
  /** For each task, the indices of the tasks whose values it uses. */
  readonly from: readonly (readonly number[])[];
  /** Indices of tasks that write no value. */
  readonly none: ReadonlySet<number>;
  /** Whether each task that runs gets all its values in a world without faults. */
  readonly areThere: boolean;
}

export const drawValues = (
  chance: Chance,
  place: string,
  { size, graph }: { readonly size: number; readonly graph: Graph | undefined },
): DrawnValues => {
  const tasks = Array.from({ length: size }, (_, task) => task);
  const from = tasks.map((task) => {
    const spot = chance.at(`${place} task-${task + 1}`);
    const before = [...tasksBefore(graph, task)];
    if (before.length === 0 || !spot.mishap("takesValues")) return [];
    const first = before[Math.floor(spot.roll("takes of") * before.length)] ?? 0;
    return [...new Set([first, ...before.filter((one) => spot.roll(`takes of ${one}`) < 0.2)])];
  });
  const sources = new Set(from.flat());
  const none = new Set([...sources].filter((task) => chance.at(`${place} task-${task + 1}`).mishap("valueMissing")));
  return { from, none, areThere: none.size === 0 && ![...sources].some((task) => mayNotRun(graph, task)) };
};

/** Without any other failure. */
const mayNotRun = (graph: Graph | undefined, task: number): boolean => {
  const { when, needs = [] } = graph ? (nodesOf(graph)[task] ?? {}) : {};
  return when === "failure" || needs.some((need) => mayNotRun(graph, need));
};

/** Lines of a job config. */
export const linesOfValues = ({ from }: DrawnValues, task: number): string[] => {
  const entries = (from[task] ?? []).map(
    (source) => `          - {name: V${source}, valueFrom: task, value: $.task-${source + 1}.v}`,
  );
  return entries.length > 0 ? ["        env:", ...entries] : [];
};
