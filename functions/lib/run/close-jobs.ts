// After a failure with `failFast`, ready tasks must not start: closes them to deliveries that read the Jobs before the failure.
import { refOf } from "../core/object-meta.ts";
import { taskStatusesIn } from "../core/run/graph-step.ts";
import type { Step } from "../core/run/next-step.ts";
import type { RunState } from "../core/run/run-state.ts";
import { stopped } from "./hidden-end.ts";
import type { ReconcilePorts } from "./ports.ts";

/** @returns tasks that must not run but could still be released behind a cleanup task, or behind the report */
export const jobsToClose = (run: RunState, step: Step): readonly number[] => {
  const { graph } = run.spec;
  if (!graph?.failFast || run.annotations.end || (step.kind !== "release" && step.kind !== "report")) return [];
  const statuses = taskStatusesIn(run, graph);
  if (!statuses.includes("failed")) return [];
  return [...statuses.keys()].filter((task) => {
    if (step.kind === "release" && statuses[task] !== "barred") return false;
    const { job, phase } = run.tasks[task] ?? {};
    const deadlineSeconds = job?.spec?.activeDeadlineSeconds;
    return phase === "waiting" && deadlineSeconds !== undefined && deadlineSeconds !== stopped;
  });
};

/** Expires their deadlines, which a release tests. A task that was released in between is found running, and stopped. @throws IoError */
export const closeJobs = async ({ jobs }: ReconcilePorts, run: RunState, tasks: readonly number[]): Promise<void> => {
  const closed = tasks.map((task) => {
    const { job } = run.tasks[task] ?? {};
    const activeDeadlineSeconds = job?.spec?.activeDeadlineSeconds;
    if (!job || activeDeadlineSeconds === undefined) return undefined;
    return jobs.patch(refOf(job), { expect: { suspend: true, activeDeadlineSeconds }, activeDeadlineSeconds: stopped });
  });
  await Promise.all(closed);
};
