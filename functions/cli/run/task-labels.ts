// Labels of Jobs in the output: the task's name, with the action's name if there are several actions.
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import type { OnError } from "../../lib/core/run/graph.ts";
import { readRun } from "../../lib/core/run/run-state.ts";

/** By Job name. */
export const labelsOf = (plans: readonly RunPlan[]): ReadonlyMap<string, string> =>
  new Map(
    plans.flatMap(({ action, jobs }) => {
      const links = readRun(jobs)?.spec.jobs ?? [];
      return links.map(({ name, task }) => [name, plans.length > 1 ? `${action} / ${task}` : task] as const);
    }),
  );

/** Tasks whose failure is tolerated, by Job name. */
export const toleratedIn = (plans: readonly RunPlan[]): ReadonlyMap<string, OnError> =>
  new Map(
    plans.flatMap(({ jobs }) => {
      const { jobs: links = [], graph } = readRun(jobs)?.spec ?? {};
      return links.flatMap(({ name }, task) => {
        const onError = graph?.tasks[task]?.onError;
        return onError ? [[name, onError] as const] : [];
      });
    }),
  );
