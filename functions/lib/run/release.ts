// Unsuspends the Jobs of a run's next tasks.
import { wantedValuesOf } from "../core/annotations/wanted-values.ts";
import type { Job } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run/run-state.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";

/** @returns whether this call released all of these tasks */
export const release = async (ports: ReconcilePorts, run: RunState, tasks: readonly number[]): Promise<boolean> => {
  const released = await Promise.all(tasks.map((task) => releaseTask(ports, run, task)));
  return released.every(Boolean);
};

const releaseTask = async (ports: ReconcilePorts, run: RunState, task: number): Promise<boolean> => {
  const { job, ref } = run.tasks[task] ?? {};
  if (!job || !ref) return false;
  const answer = await ports.jobs.patch(refOf(job), {
    expect: { suspend: true, ...(isClosable(run, job) ? deadlineOf(job) : {}) },
    ...({ state: "released", suspend: false } as const),
  });
  ports.log({ level: "info", message: "released a task", task: ref.task, job: ref.name, answer, ...aboutRun(run) });
  if (answer !== "done") return false;
  await ports.note(refOf(job), { reason: "Released", message: `Released task '${ref.task}'.` });
  return true;
};

/** Another delivery may have given up the task: a value is missing (passValues), or another task failed (closeJobs). */
const isClosable = ({ spec }: RunState, job: Job): boolean =>
  spec.graph?.failFast === true || wantedValuesOf(job).length > 0;

/** Tested because giving up expires it. */
const deadlineOf = ({ spec }: Job) =>
  spec?.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: spec.activeDeadlineSeconds };
