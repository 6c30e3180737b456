// Checks `needs` of an action's tasks: unknown names, ambiguous names, and cycles.
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
  return faults.length > 0 ? faults : checkCircle(tasks);
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

const checkCircle = (tasks: readonly Ordered[]): OrderFault[] => {
  const graph = tasks.every((task) => task.needs === undefined || Array.isArray(task.needs)) && graphOf(tasks);
  const cycle = graph ? cycleOf(nodesOf(graph)) : undefined;
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
