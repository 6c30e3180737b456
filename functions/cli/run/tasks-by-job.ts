// The tasks of planned runs by Job name, for the output.
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { OnError } from "../../lib/core/run/graph.ts";
import { readRun } from "../../lib/core/run/run-state.ts";

export interface LocalTask {
  /** The task's name, with the action's name if there are several actions. */
  readonly label: string;
  /** Its failure is tolerated. */
  readonly onError?: OnError;
}

export const tasksByJob = (plans: readonly RunPlan[]): ReadonlyMap<string, LocalTask> =>
  new Map(
    plans.flatMap(({ action, jobs: planned }) => {
      const { jobs = [], graph } = readRun(planned)?.spec ?? {};
      return jobs.map(({ name, task }, index) => {
        const onError = graph?.tasks[index]?.onError;
        const label = plans.length > 1 ? `${action} / ${task}` : task;
        return [name, { label, ...(onError ? { onError } : {}) }] as const;
      });
    }),
  );
