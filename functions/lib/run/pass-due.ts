// Passes a task's values from earlier tasks before the task is released.
import type { RunState } from "../core/run/run-state.ts";
import { waitForAll } from "../wait-for-all.ts";
import type { ReconcilePorts } from "./ports.ts";
import { release } from "./release.ts";

/**
 * Passes the values but does not release these tasks: reading takes a while, and another task may fail meanwhile so that they must not
 * start. The caller reads the run again.
 * @param due at least one @throws IoError
 */
export const passDue = async (
  ports: ReconcilePorts,
  run: RunState,
  { tasks, due }: { readonly tasks: readonly number[]; readonly due: readonly number[] },
): Promise<void> => {
  const { passValues } = await import("./pass-values.ts"); // with a YAML parser and JSONPath, which most runs never need
  const others = tasks.filter((task) => !due.includes(task));
  const passing = due.flatMap((task) => (run.tasks[task] ? [passValues(ports, run, run.tasks[task])] : []));
  await waitForAll<unknown>([release(ports, run, others), ...passing]);
};
