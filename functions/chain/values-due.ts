// Values that a task takes from tasks before it are there before it is released.
import type { Step } from "../core/next-step.ts";
import type { RunState } from "../core/run-state.ts";
import { wantedValuesOf } from "../core/wanted-values.ts";
import { inFull } from "./in-full.ts";
import type { ChainPorts } from "./ports.ts";
import { release } from "./release.ts";

/** @param passed tasks whose values this delivery has passed @returns those of the step that still want some */
export const valuesDue = (run: RunState, step: Step, passed: readonly number[]): readonly number[] =>
  step.kind === "release"
    ? step.tasks.filter((task) => !passed.includes(task) && wantedValuesOf(run.tasks[task]?.job).length > 0)
    : [];

/**
 * Nothing is released that takes values: it takes a while to read them, and meanwhile another task may have failed for which these must not
 * start. Who comes back from here looks at the run anew.
 * @param due at least one @throws IoError
 */
export const passDue = async (
  ports: ChainPorts,
  run: RunState,
  { tasks, due }: { readonly tasks: readonly number[]; readonly due: readonly number[] },
): Promise<void> => {
  const { passValues } = await import("./pass-values.ts"); // with a YAML parser and JSONPath, which most runs never need
  const others = tasks.filter((task) => !due.includes(task));
  const passing = due.flatMap((task) => (run.tasks[task] ? [passValues(ports, run, run.tasks[task])] : []));
  await inFull<unknown>([release(ports, run, others), ...passing]);
};
