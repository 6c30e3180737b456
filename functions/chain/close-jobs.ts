// With `failFast` a task that was ready is not to run any more: a process that read the Jobs before the failure must not release it.
import type { Step } from "../core/next-step.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run-state.ts";
import { stopped } from "./hidden-end.ts";
import type { ChainPorts } from "./ports.ts";

/** @returns tasks that never run, and that somebody could still release behind the report */
export const jobsToClose = ({ chain, marks, tasks }: RunState, step: Step): readonly number[] => {
  const isCut = step.kind === "report" && step.end.kind === "failed" && chain.graph?.failFast === true;
  if (!isCut || marks.end) return [];
  return [...tasks.keys()].filter((task) => {
    const { job, phase } = tasks[task] ?? {};
    const deadlineSeconds = job?.spec?.activeDeadlineSeconds;
    return phase === "waiting" && deadlineSeconds !== undefined && deadlineSeconds !== stopped;
  });
};

/** Their deadlines pass, which a release tests. One that was released meanwhile is seen to run, and stopped. @throws IoError */
export const closeJobs = async ({ jobs }: ChainPorts, run: RunState, tasks: readonly number[]): Promise<void> => {
  const closed = tasks.map((task) => {
    const { job } = run.tasks[task] ?? {};
    const activeDeadlineSeconds = job?.spec?.activeDeadlineSeconds;
    if (!job || activeDeadlineSeconds === undefined) return undefined;
    return jobs.patch(refOf(job), { expect: { suspend: true, activeDeadlineSeconds }, activeDeadlineSeconds: stopped });
  });
  await Promise.all(closed);
};
