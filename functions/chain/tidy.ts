// Lets go of a run's Jobs once it was reported: those that ended stay for their TTL, those that did not are deleted.
import { annotation, type Outcome } from "../core/marks.ts";
import { ttlSecondsOf } from "../core/memory.ts";
import { refOf } from "../core/object-meta.ts";
import { type RunState, stateOf, type TaskState } from "../core/run-state.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/**
 * Marks the run as reported where it is not yet, then lets go of every Job; of the first one last, because it carries the marks.
 * @param outcome noted with that mark; one that was reported before keeps what was noted then
 * @returns when nothing is left to do
 */
export const tidy = async (ports: ChainPorts, run: RunState, outcome?: Outcome): Promise<void> => {
  const lead = run.tasks.find(({ job }) => job === run.lead);
  if (!lead) return;
  const others = run.tasks.filter((task) => task !== lead && task.job && stateOf(task.job) !== "reported");
  // One request less where the mark and the rest can go together.
  const markFirst = others.length > 0 || !hasEnded(lead);
  if (!run.marks.reported && markFirst) {
    await ports.jobs.patch(refOf(run.lead), { annotations: reportedNow(ports, outcome) });
  }
  await Promise.all(others.map((task) => letGo(ports, task, {})));
  await letGo(ports, lead, run.marks.reported || markFirst ? {} : reportedNow(ports, outcome));
  ports.log({ level: "debug", message: "let go of the run's Jobs", ...aboutRun(run) });
};

/** Deletes what has not ended. Our finalizer keeps it until it is let go, but nothing starts in it any more. */
export const stop = async (ports: ChainPorts, run: RunState): Promise<void> => {
  const jobs = run.tasks.flatMap((task) => (task.job && !hasEnded(task) ? [task.job] : []));
  await Promise.all(jobs.map((job) => ports.jobs.delete(refOf(job))));
};

/** Of a graph, that goes on beside it: who deleted a Job may have left its pod. */
export const stopDeleted = async (ports: ChainPorts, run: RunState): Promise<void> => {
  const deleted = run.tasks.filter(({ phase }) => phase === "deleted");
  await stop(ports, { ...run, tasks: deleted });
};

const reportedNow = (ports: ChainPorts, outcome: Outcome | undefined) => ({
  [annotation.reported]: ports.clock.now().toISOString(),
  [annotation.claim]: "",
  ...(outcome && { [annotation.outcome]: outcome }),
});

/** One that is suspended has failed by our note alone: no TTL would ever take it. */
const hasEnded = ({ phase, job }: TaskState): boolean =>
  (phase === "succeeded" || phase === "failed") && !job?.spec?.suspend;

const letGo = async (ports: ChainPorts, task: TaskState, annotations: Record<string, string>): Promise<void> => {
  if (!task.job) return;
  const ref = refOf(task.job);
  // Our finalizer keeps it until the next line: a crash in between leaves a Job that still says it wants to be let go.
  if (!hasEnded(task)) await ports.jobs.delete(ref);
  // While it is there, the same event again starts nothing.
  const ttlSeconds = ttlSecondsOf(task.job, task.link.ttlSeconds, ports.clock.now().getTime());
  await ports.jobs.patch(ref, { annotations, state: "reported", ttlSeconds, letGo: true });
};
