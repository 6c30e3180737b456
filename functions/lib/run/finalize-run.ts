// Finalizes a run's Jobs after its report: ended Jobs stay for their TTL, the others are deleted.
import { annotation, type Outcome } from "../core/annotations/annotations.ts";
import { refOf } from "../core/object-meta.ts";
import { ttlSecondsOf } from "../core/run/job-ttl.ts";
import { type RunState, stateOf, type TaskState } from "../core/run/run-state.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";

/**
 * Marks the run as reported, then finalizes every Job. The first Job is last, because it carries the run's annotations.
 * @param outcome noted with the mark; a run that was already reported keeps its outcome
 * @returns when nothing is left to do
 */
export const finalizeRun = async (ports: ReconcilePorts, run: RunState, outcome?: Outcome): Promise<void> => {
  const lead = run.tasks.find(({ job }) => job === run.lead);
  if (!lead) return;
  const others = run.tasks.filter((task) => task !== lead && task.job && stateOf(task.job) !== "reported");
  // The mark and the rest go in one request if possible.
  const markFirst = others.length > 0 || !hasEnded(lead);
  if (!run.annotations.reported && markFirst) {
    await ports.jobs.patch(refOf(run.lead), { annotations: reportedNow(ports, outcome) });
  }
  await Promise.all(others.map((task) => finalizeJob(ports, task, {})));
  await finalizeJob(ports, lead, run.annotations.reported || markFirst ? {} : reportedNow(ports, outcome));
  ports.log({ level: "debug", message: "finalized the run's Jobs", ...aboutRun(run) });
};

/** Deletes Jobs that have not ended. Our finalizer keeps them for now, but they start no more pods. */
export const deleteUnfinishedJobs = async (ports: ReconcilePorts, run: RunState): Promise<void> => {
  const jobs = run.tasks.flatMap((task) => (task.job && !hasEnded(task) ? [task.job] : []));
  await Promise.all(jobs.map((job) => ports.jobs.delete(refOf(job))));
};

/** For graphs: deleting a Job may have left its pod, and the run continues. */
export const stopDeleted = async (ports: ReconcilePorts, run: RunState): Promise<void> => {
  const deleted = run.tasks.filter(({ phase }) => phase === "deleted");
  await deleteUnfinishedJobs(ports, { ...run, tasks: deleted });
};

const reportedNow = (ports: ReconcilePorts, outcome: Outcome | undefined) => ({
  [annotation.reported]: ports.clock.now().toISOString(),
  [annotation.claim]: "",
  ...(outcome && { [annotation.outcome]: outcome }),
});

/** A suspended Job has failed only by our note: its TTL would never start. */
const hasEnded = ({ phase, job }: TaskState): boolean =>
  (phase === "succeeded" || phase === "failed") && !job?.spec?.suspend;

const finalizeJob = async (
  ports: ReconcilePorts,
  task: TaskState,
  annotations: Record<string, string>,
): Promise<void> => {
  if (!task.job) return;
  const ref = refOf(task.job);
  // Our finalizer keeps it until the patch below: after a crash in between, the Job still needs to be finalized.
  if (!hasEnded(task)) await ports.jobs.delete(ref);
  // While the Job exists, a redelivered event starts nothing.
  const ttlSeconds = ttlSecondsOf(task.job, task.ref.ttlSeconds, ports.clock.now().getTime());
  await ports.jobs.patch(ref, { annotations, state: "reported", ttlSeconds, finalizeJob: true });
};
