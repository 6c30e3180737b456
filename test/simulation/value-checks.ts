// Invariants for tasks with values from earlier tasks: when the pod starts, the values exist and are the last ones written.
import type { Life } from "./facts.ts";
import type { Violation } from "./violation.ts";

/** @param values that its pod gets, by the index of the task that wrote them */
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
    // Values of a Job that was removed by force, or of an earlier Job with its name, may be left.
    const isKnown = life.number === 1 && !life.forced.has(source) && !life.forced.has(task);
    if (isKnown && value !== life.wrote.get(source)) return { rule: "a task has a wrong value", detail };
  }
  return undefined;
};
