// What is wrong with variables that an earlier task is to fill: a task that nobody knows, or that does not come before.
import { tasksBefore } from "../graph.ts";
import { graphOf, type Ordered, type OrderFault } from "./check-order.ts";
import { nearest } from "./nearest.ts";
import { type Fault, quote } from "./scalars.ts";
import { taskNamedIn } from "./task-path.ts";

interface Taking extends Ordered {
  readonly env?: readonly { readonly valueFrom?: unknown; readonly value?: unknown }[] | undefined;
}

/** Of one task. */
const mostTaskValues = 100;

/**
 * @param tasks in any state: those that are broken otherwise too
 * @param isOrdered whether nothing is wrong with their order
 */
export const checkTaskValues = (tasks: readonly Taking[], isOrdered: boolean): OrderFault[] =>
  tasks.flatMap((task, index) => checkTask(task, { index, tasks, isOrdered }));

interface Place {
  readonly index: number;
  readonly tasks: readonly Taking[];
  readonly isOrdered: boolean;
}

const checkTask = ({ env }: Taking, place: Place): OrderFault[] => {
  const path = ["tasks", place.index, "env"];
  const taken = (Array.isArray(env) ? env : []).flatMap((entry, index) =>
    entry?.valueFrom === "task" && typeof entry.value === "string" ? [{ index, value: entry.value }] : [],
  );
  if (taken.length > mostTaskValues) return [{ ...tooMany(taken.length), path }];
  return taken.flatMap(({ index, value }) => {
    const fault = checkValue(value, place);
    return fault ? [{ ...fault, path: [...path, index, "value"] }] : [];
  });
};

const checkValue = (value: string, { index, tasks, isOrdered }: Place): Fault | undefined => {
  const name = taskNamedIn(value);
  if (name === undefined) return undefined;
  const names = tasks.map((one) => one.name);
  const times = names.filter((one) => one === name).length;
  if (times === 0) return unknown(value, name, names);
  if (times > 1) return ambiguous(value, name, times);
  const from = names.indexOf(name);
  if (from === index) return ofItself(value);
  return isOrdered && !tasksBefore(graphOf(tasks), index).has(from) ? notBefore(value, name) : undefined;
};

const tooMany = (count: number): Fault => ({
  code: "too-many-task-values",
  message: `takes ${count} values from tasks, and ${mostTaskValues} is the most`,
  fix: "Take a whole object as one value: $.build, with `as: json`.",
});

const unknown = (value: string, name: string, names: readonly (string | undefined)[]): Fault => {
  const known = names.filter((one): one is string => typeof one === "string" && one !== "");
  const meant = nearest(name, known);
  return {
    code: "unknown-task",
    message: `is ${quote(value)}, and no task of this action is called ${quote(name)}`,
    fix: meant ? `Did you mean ${quote(meant)}?` : `Its tasks: ${known.slice(0, 20).map(quote).join(", ")}.`,
  };
};

const ambiguous = (value: string, name: string, times: number): Fault => ({
  code: "ambiguous-task",
  message: `is ${quote(value)}, and ${times} tasks of this action are called ${quote(name)}`,
  fix: "Give each of them a name of its own.",
});

const ofItself = (value: string): Fault => ({
  code: "task-not-before",
  message: `is ${quote(value)}, which this task itself would have to write`,
  fix: "Name a task that comes before it.",
});

const notBefore = (value: string, name: string): Fault => ({
  code: "task-not-before",
  message: `is ${quote(value)}, and ${quote(name)} need not be through when this task starts`,
  fix: `Write ${quote(name)} before this task, or name it under this task's \`needs\`.`,
});
