// Stops tasks of a graph while their run continues. The reason and their output are noted on their Jobs.
import { annotation } from "../core/annotations/annotations.ts";
import type { Stopped } from "../core/annotations/stopped.ts";
import { expiredDeadlineSeconds } from "../core/job/deadlines.ts";
import { refOf } from "../core/object-meta.ts";
import { containersOf } from "../core/report/task-report.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { type LogText, shortenLog } from "../core/text/log-text.ts";
import { mostLogBytes } from "./hidden-end.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";
import { listPods, readContainer } from "./read-task-reports.ts";

/** As in `noteOwnEnd`, an expired deadline stops the Job and guards the note: a second delivery changes nothing. */
export const stopTasks = async (
  ports: ReconcilePorts,
  run: RunState,
  { tasks, stopped: why }: { readonly tasks: readonly number[]; readonly stopped: Stopped },
): Promise<void> => {
  await Promise.all(tasks.map((task) => stopTask(ports, run, run.tasks[task], why)));
};

const stopTask = async (
  ports: ReconcilePorts,
  run: RunState,
  task: TaskState | undefined,
  why: Stopped,
): Promise<void> => {
  const { job, ref } = task ?? {};
  if (!job || !ref) return;
  const log = await logOf(ports, job);
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend: false, activeDeadlineSeconds: job.spec?.activeDeadlineSeconds ?? expiredDeadlineSeconds },
    annotations: { [annotation.stopped]: JSON.stringify({ ...why, ...(log ? { log } : {}) }) },
    activeDeadlineSeconds: expiredDeadlineSeconds,
  });
  const message = `stopped a task; its run continues: ${why.why}`;
  ports.log({ level: "info", message, task: ref.task, job: ref.name, answer, ...aboutRun(run) });
  if (answer !== "done" || why.because !== "cannot-start") return;
  await ports.note(refOf(job), { reason: "CouldNotStart", message: why.why });
};

/** The output of the task's own container. */
const logOf = async (ports: ReconcilePorts, job: NonNullable<TaskState["job"]>): Promise<LogText | undefined> => {
  const pod = (await listPods(ports, job)).pods.at(-1);
  const own = pod && containersOf(pod).find(({ name }) => name === job.metadata?.name);
  if (!own) return undefined;
  const { log } = await readContainer(ports, own);
  return shortenLog(log, mostLogBytes);
};
