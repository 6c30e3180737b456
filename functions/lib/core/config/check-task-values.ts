// Checks variables with `valueFrom: task`: the task must exist and come before.
import { tasksBefore } from "../run/graph.ts";
import { type Fault, quote } from "../yaml/scalars.ts";
import { graphOf, type Ordered, type OrderFault } from "./check-order.ts";
import { nearest } from "./nearest.ts";
import { taskNamedIn } from "./task-path.ts";

interface Taking extends Ordered {
  readonly env?: readonly { readonly valueFrom?: unknown; readonly value?: unknown }[] | undefined;
}

/** Per task. */
const mostTaskValues = 100;

/**
 * @param tasks may have other faults
 * @param isOrdered whether their order has no faults
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
  message: `takes ${count} values from tasks, but the limit is ${mostTaskValues}`,
  fix: "Take a whole object as one value, such as $.build with `as: json`.",
});

const unknown = (value: string, name: string, names: readonly (string | undefined)[]): Fault => {
  const known = names.filter((one): one is string => typeof one === "string" && one !== "");
  const meant = nearest(name, known);
  return {
    code: "unknown-task",
    message: `is ${quote(value)}, but no task of this action is named ${quote(name)}`,
    fix: meant ? `Did you mean ${quote(meant)}?` : `Its tasks: ${known.slice(0, 20).map(quote).join(", ")}.`,
  };
};

const ambiguous = (value: string, name: string, times: number): Fault => ({
  code: "ambiguous-task",
  message: `is ${quote(value)}, but ${times} tasks of this action are named ${quote(name)}`,
  fix: "Give each task a unique name.",
});

const ofItself = (value: string): Fault => ({
  code: "task-not-before",
  message: `is ${quote(value)}, but a task cannot use its own result`,
  fix: "Name a task that comes before it.",
});

const notBefore = (value: string, name: string): Fault => ({
  code: "task-not-before",
  message: `is ${quote(value)}, but ${quote(name)} may not have finished when this task starts`,
  fix: `Move ${quote(name)} before this task, or add it to this task's \`needs\`.`,
});
