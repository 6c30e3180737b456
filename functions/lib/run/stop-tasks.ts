// Stops tasks of a graph while their run continues. The reason and their output are noted on their Jobs.
import { annotation } from "../core/annotations/annotations.ts";
import type { Stopped } from "../core/annotations/stopped.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState, TaskState } from "../core/run/run-state.ts";
import { expireDeadline } from "./close-jobs.ts";
import { readOwnLog } from "./hidden-end.ts";
import type { ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";

export const stopTasks = async (
  ports: ReconcilePorts,
  run: RunState,
  { tasks, stopped }: { readonly tasks: readonly number[]; readonly stopped: Stopped },
): Promise<void> => {
  await Promise.all(tasks.map((task) => stopTask(ports, run, run.tasks[task], stopped)));
};

const stopTask = async (
  ports: ReconcilePorts,
  run: RunState,
  task: TaskState | undefined,
  stopped: Stopped,
): Promise<void> => {
  if (!task?.job) return;
  const { pods } = await listPods(ports, task.job);
  const log = await readOwnLog(ports, task.job, pods.at(-1));
  const isStopped = await expireDeadline(ports, run, task, {
    suspend: false,
    annotations: { [annotation.stopped]: JSON.stringify({ ...stopped, log }) },
    line: { message: `stopped a task; its run continues: ${stopped.why}` },
  });
  if (!isStopped || stopped.because !== "cannot-start") return;
  await ports.note(refOf(task.job), { reason: "CouldNotStart", message: stopped.why });
};
