// Stops tasks, and closes those that must not start, by an expired deadline on their Jobs.
import { expiredDeadlineSeconds } from "../core/job/deadlines.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";

interface Closing {
  /** Whether the Job is still suspended. */
  readonly suspend: boolean;
  /** The note that says why. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly line: { readonly message: string; readonly [field: string]: unknown };
}

/** The deadline also guards the note: a second delivery changes nothing. @throws IoError */
export const expireDeadline = async (
  ports: ReconcilePorts,
  run: RunState,
  { job, ref }: TaskState,
  { suspend, annotations, line }: Closing,
): Promise<boolean> => {
  if (!job) return false;
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend, activeDeadlineSeconds: job.spec?.activeDeadlineSeconds ?? expiredDeadlineSeconds },
    annotations,
    activeDeadlineSeconds: expiredDeadlineSeconds,
  });
  ports.log({ level: "info", ...line, task: ref.task, job: ref.name, answer, ...aboutRun(run) });
  return answer === "done";
};

/** For deliveries that have not seen why: a release tests the deadline. A task that was released in between is found running, and stopped. @throws IoError */
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
