// The tasks of planned runs by Job name, for the output.
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { readRun } from "../../lib/core/run/run-state.ts";

/** `label` is the task's name, with the action's name if there are several; with `onError`, its failure is tolerated. */
export const tasksByJob = (plans: readonly RunPlan[]) =>
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
