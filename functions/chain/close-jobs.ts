// After a failure with `failFast`, ready tasks must not start: closes them to deliveries that read the Jobs before the failure.
import type { Step } from "../core/next-step.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run-state.ts";
import { stopped } from "./hidden-end.ts";
import type { ChainPorts } from "./ports.ts";

/** @returns tasks that must not run but could still be released after the report */
export const jobsToClose = ({ chain, marks, tasks }: RunState, step: Step): readonly number[] => {
  const isCut = step.kind === "report" && step.end.kind === "failed" && chain.graph?.failFast === true;
  if (!isCut || marks.end) return [];
  return [...tasks.keys()].filter((task) => {
    const { job, phase } = tasks[task] ?? {};
    const deadlineSeconds = job?.spec?.activeDeadlineSeconds;
    return phase === "waiting" && deadlineSeconds !== undefined && deadlineSeconds !== stopped;
  });
};

/** Expires their deadlines, which a release tests. A task that was released in between is found running, and stopped. @throws IoError */
export const closeJobs = async ({ jobs }: ChainPorts, run: RunState, tasks: readonly number[]): Promise<void> => {
  const closed = tasks.map((task) => {
    const { job } = run.tasks[task] ?? {};
    const activeDeadlineSeconds = job?.spec?.activeDeadlineSeconds;
    if (!job || activeDeadlineSeconds === undefined) return undefined;
    return jobs.patch(refOf(job), { expect: { suspend: true, activeDeadlineSeconds }, activeDeadlineSeconds: stopped });
  });
  await Promise.all(closed);
};
