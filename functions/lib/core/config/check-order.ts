// Checks the order of an action's tasks: unknown and ambiguous names in `needs`, cycles, and graphs in which nothing ever starts.
import { taskStatusesOf } from "../run/due-tasks.ts";
import { cycleOf, type Graph, type GraphTask, nodesOf } from "../run/graph.ts";
import { type Fault, quote } from "../yaml/scalars.ts";
import { nearest } from "./nearest.ts";

export interface Ordered {
  readonly name?: string | undefined;
  readonly needs?: readonly string[] | undefined;
  readonly when?: "success" | "failure" | "always" | undefined;
  readonly onError?: "fail" | "warn" | "continue" | undefined;
}

export interface OrderFault extends Fault {
  /** Relative to the action. */
  readonly path: (string | number)[];
}

/** @returns undefined if the tasks run one after the other, until one fails */
export const graphOf = (tasks: readonly Ordered[], failFast = false): Graph | undefined => {
  const places = new Map(tasks.map(({ name }, index) => [name, index]));
  const all = tasks.map(
    ({ needs, when, onError }): GraphTask => ({
      ...(needs && { needs: [...new Set(needs.flatMap((name) => places.get(name) ?? []))] }),
      ...(when && when !== "success" && { when }),
      ...(onError && onError !== "fail" && { onError }),
    }),
  );
  const isLine = !failFast && all.every((task) => Object.keys(task).length === 0);
  return isLine ? undefined : { ...(failFast ? { failFast } : {}), tasks: all };
};

/** @param tasks may have other faults */
export const checkOrder = (tasks: readonly Ordered[]): OrderFault[] => {
  const names = tasks.map(({ name }) => name);
  const faults = tasks.flatMap(({ needs }, task) =>
    (Array.isArray(needs) ? needs : []).flatMap((name, place) => {
      const fault = typeof name === "string" ? checkName(name, names) : undefined;
      return fault ? [{ ...fault, path: ["tasks", task, "needs", place] }] : [];
    }),
  );
  if (faults.length > 0) return faults;
  const graph = tasks.every(({ needs }) => needs === undefined || Array.isArray(needs)) ? graphOf(tasks) : undefined;
  if (!graph) return [];
  const circle = checkCircle(tasks, graph);
  return circle.length > 0 ? circle : checkStart(graph);
};

/** A run of which nothing starts would leave no Job by which a redelivery knows it. */
const checkStart = (graph: Graph): OrderFault[] => {
  if (
    graph.tasks.length === 0 ||
    taskStatusesOf(
      graph,
      graph.tasks.map(() => "waiting"),
    ).includes("ready")
  )
    return [];
  const task = graph.tasks.findIndex(({ when }) => when === "failure");
  if (task < 0) return []; // its `when` has a fault of its own
  const message = 'is "failure", and no task of this action can start, so none can fail';
  const fix = "Leave `when` out of the tasks that are to run first.";
  return [{ code: "nothing-starts", message, fix, path: ["tasks", task, "when"] }];
};

const checkName = (name: string, names: readonly (string | undefined)[]): Fault | undefined => {
  const times = names.filter((one) => one === name).length;
  if (times === 1) return undefined;
  if (times > 1) {
    const message = `is ${quote(name)}, but ${times} tasks of this action have that name`;
    return { code: "ambiguous-need", message, fix: "Give each task a unique name." };
  }
  const known = names.filter((one): one is string => typeof one === "string" && one !== "");
  const meant = nearest(name, known);
  const fix = meant ? `Did you mean ${quote(meant)}?` : `Its tasks: ${known.slice(0, 20).map(quote).join(", ")}.`;
  return { code: "unknown-need", message: `is ${quote(name)}, but no task of this action has that name`, fix };
};

const checkCircle = (tasks: readonly Ordered[], graph: Graph): OrderFault[] => {
  const cycle = cycleOf(nodesOf(graph));
  const [first] = cycle ?? [];
  if (!cycle || first === undefined) return [];
  const nameOf = (task: number) => quote(tasks[task]?.name ?? `number ${task + 1}`);
  const waits = cycle.map((task, place) => `${nameOf(task)} waits for ${nameOf(cycle[(place + 1) % cycle.length]!)}`);
  const implied = cycle.find((task) => tasks[task]?.needs === undefined);
  const message = `form a cycle: ${waits.join(", ")}`;
  const fix =
    implied === undefined
      ? "Remove one of these needs."
      : `${nameOf(implied)} has no \`needs\`, so it waits for the task before it: add its \`needs\`, or \`needs: []\`.`;
  const own = cycle.find((task) => tasks[task]?.needs !== undefined) ?? first;
  return [{ code: "circle-of-needs", message, fix, path: ["tasks", own, "needs"] }];
};
