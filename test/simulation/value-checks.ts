// What must hold of a task that takes values from tasks before it: when its pod starts, they are there, and those that were written at last.
import type { Life } from "./facts.ts";
import type { Violation } from "./violation.ts";

/** @param values that its pod can have, by the places of the tasks that wrote them */
export const faultOfValues = (
  life: Life,
  task: number,
  values: ReadonlyMap<number, string | undefined>,
): Violation | undefined => {
  if (life.missed.has(task) && values.size > 0)
    return { rule: "a task ran that had failed for a value", detail: "it was noted on its Job" };
  for (const [source, value] of values) {
    const detail = `${value ?? "nothing"} of task-${source + 1}, which wrote ${life.wrote.get(source) ?? "nothing"}`;
    if (value === undefined) return { rule: "a task was released without its values", detail };
    // Of a Job that somebody removed past its finalizer, and of an earlier one of its name, others may be left.
    const isKnown = life.number === 1 && !life.forced.has(source) && !life.forced.has(task);
    if (isKnown && value !== life.wrote.get(source)) return { rule: "a task has a wrong value", detail };
  }
  return undefined;
};
