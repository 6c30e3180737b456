// Closes tasks that must not start any more to deliveries that have not seen why.
import { expiredDeadlineSeconds } from "../core/job/deadlines.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run/run-state.ts";
import type { ReconcilePorts } from "./ports.ts";

/** Expires their deadlines, which a release tests. A task that was released in between is found running, and stopped. @throws IoError */
export const closeJobs = async ({ jobs }: ReconcilePorts, run: RunState, tasks: readonly number[]): Promise<void> => {
  const closed = tasks.map((task) => {
    const { job } = run.tasks[task] ?? {};
    const activeDeadlineSeconds = job?.spec?.activeDeadlineSeconds;
    if (!job || activeDeadlineSeconds === undefined) return undefined;
    return jobs.patch(refOf(job), {
      expect: { suspend: true, activeDeadlineSeconds },
      activeDeadlineSeconds: expiredDeadlineSeconds,
    });
  });
  await Promise.all(closed);
};
