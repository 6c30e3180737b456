// The view of a run: its state, its times, and why it is stuck.
import { label, type Outcome } from "../annotations/annotations.ts";
import type { Job } from "../kubernetes.ts";
import { graphEnd, hasBegun } from "../run/graph-step.ts";
import { nextStep, type Step } from "../run/next-step.ts";
import { type RunState, readRun, type TaskState, wasReported } from "../run/run-state.ts";
import { oneLine } from "../text/log-text.ts";
import { type ClusterView, podsOf, situationIn, unreadNamespaceOf } from "./cluster-view.ts";
import { diagnose } from "./diagnose.ts";
import type { Question } from "./diagnosis.ts";
import { secondsSince } from "./duration.ts";
import { skippedIn } from "./skipped.ts";
import { type TaskView, viewTask } from "./task-view.ts";

export type RunWord =
  /** Not all of its Jobs exist yet. */
  | "creating"
  /** Its Jobs exist; sending `.started` is not yet recorded. */
  | "announcing"
  /** A task runs, or the next one is about to. */
  | "running"
  /** A task was released, but Kubernetes cannot start it. */
  | "cannot-start"
  /** Its result is known; sending `.finished` is not yet recorded. */
  | "reporting"
  | Outcome;

export interface RunView {
  readonly id: string;
  readonly state: RunWord;
  /** Not reported yet. */
  readonly open: boolean;
  /** It does not continue by itself, or not soon: `why` has the reason, `fix` what to do. */
  readonly stuck: boolean;
  readonly why?: string;
  readonly fix?: string;
  readonly action: string;
  readonly silent: boolean;
  readonly event: { readonly id: string; readonly type: string };
  readonly context: string;
  readonly project: string;
  readonly stage: string;
  readonly service: string;
  /** Times are RFC 3339. */
  readonly createdAt?: string;
  readonly announcedAt?: string;
  readonly reportedAt?: string;
  readonly ageSeconds: number;
  readonly tasks: readonly TaskView[];
}

export const viewRun = (run: RunState, cluster: ClusterView): RunView => {
  const step = stepOf(run, cluster);
  const { why, fix } = diagnose(run, step, cluster);
  const tasks = viewTasks(run, cluster);
  const { event, spec, annotations } = run;
  const createdAt = createdAtOf(run);
  return {
    id: run.id,
    state: wordOf(run, step, tasks),
    open: !wasReported(run),
    stuck: why !== undefined,
    ...(why ? { why: oneLine(why) } : {}),
    ...(fix ? { fix } : {}),
    action: spec.action,
    silent: spec.silent,
    event: { id: event.id, type: event.type },
    context: event.shkeptncontext,
    project: event.project,
    stage: event.stage,
    service: event.service,
    ...(createdAt ? { createdAt } : {}),
    ...(annotations.announced ? { announcedAt: annotations.announced } : {}),
    ...(annotations.reported ? { reportedAt: annotations.reported } : {}),
    ageSeconds: Math.floor(secondsSince(createdAt, cluster.nowMs) ?? 0),
    tasks,
  };
};

const viewTasks = (run: RunState, cluster: ClusterView): TaskView[] => {
  const skipped = skippedIn(run);
  return run.tasks.map((task, index) => {
    const onError = run.spec.graph?.tasks[index]?.onError;
    const about = { jobsUnread: cluster.jobsUnread, skipped: skipped.get(index), onError };
    return viewTask(task, podsOf(task, cluster), about);
  });
};

/** Requests that would add detail on why a run is stuck; empty if it is not, or everything is known. */
export const questionsOf = (run: RunState, cluster: ClusterView): readonly Question[] =>
  diagnose(run, stepOf(run, cluster), cluster).questions ?? [];

/** Groups Jobs into runs: open runs first, then newest first. Jobs without a run are ignored. */
export const readRuns = (jobs: readonly Job[]): RunState[] => {
  const groups = Map.groupBy(jobs, ({ metadata }) => metadata?.labels?.[label.run] ?? "");
  const runs = [...groups.values()].flatMap((group) => readRun(group) ?? []);
  return runs.sort(
    (a, b) => Number(wasReported(a)) - Number(wasReported(b)) || createdMs(b) - createdMs(a) || (a.id < b.id ? -1 : 1),
  );
};

/** finish-task does not act on a run that it cannot read completely. */
const stepOf = (run: RunState, cluster: ClusterView): Step => {
  const unread = unreadNamespaceOf(run, cluster);
  return unread === undefined
    ? nextStep(run, situationIn(cluster))
    : { kind: "wait", why: `its Jobs in namespace ${unread} cannot be listed` };
};

const wordOf = (run: RunState, step: Step, tasks: readonly TaskView[]): RunWord => {
  if (wasReported(run)) return run.annotations.outcome ?? outcomeOf(tasks);
  if (step.kind === "report" || run.annotations.refused) return "reporting";
  const isKnown = tasks.every(({ state }) => state !== "unknown");
  if (!run.annotations.announced && isKnown && run.tasks.some(({ phase }) => phase === "missing")) return "creating";
  if (!run.annotations.announced && !run.spec.silent) return "announcing";
  if (isKnown && isDecided(run)) return "reporting";
  return tasks.some(({ state }) => state === "cannot-start") ? "cannot-start" : "running";
};

/** The result is known, but {@link nextStep} waits because a lease is held. */
const isDecided = (run: RunState): boolean => {
  const { tasks, spec } = run;
  if (spec.graph && hasBegun(run)) return graphEnd(run, spec.graph) !== undefined;
  const isEnd = ({ phase }: TaskState) => phase === "failed" || phase === "deleted" || phase === "missing";
  return tasks.every(({ phase }) => phase === "succeeded") || tasks.some(isEnd);
};

/** If the Job with the recorded outcome is deleted: Jobs that never finished were deleted. In a graph, these include skipped tasks. */
const outcomeOf = (tasks: readonly TaskView[]): Outcome => {
  const failed = tasks.filter(({ state }) => state === "failed");
  if (failed.some(({ onError }) => !onError)) return "failed";
  if (!tasks.every(({ state }) => ["passed", "skipped", "failed"].includes(state))) return "errored";
  return failed.some(({ onError }) => onError === "warn") ? "warning" : "passed";
};

const createdAtOf = ({ tasks }: RunState): string | undefined =>
  tasks.flatMap(({ job }) => job?.metadata?.creationTimestamp ?? []).sort()[0];

const createdMs = (run: RunState): number => Date.parse(createdAtOf(run) ?? "") || 0;
