// Inspects an open run for conditions that cause no Job event: a pod that cannot start, a task that ended before its pod, a sequence
// that Keptn ended.
import { annotation } from "../core/annotations/annotations.ts";
import type { OwnEnd } from "../core/annotations/own-end.ts";
import { type SeenTrouble, seenSinceMs } from "../core/annotations/seen-blocker.ts";
import { isCounted } from "../core/event/keptn-event.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { isPodReady } from "../core/pod/ready-pod.ts";
import { judgeStart, mayBeOverdue, type Patience } from "../core/pod/start-timeout.ts";
import { type Trouble, troubleOf } from "../core/pod/start-blocker.ts";
import type { RunState } from "../core/run/run-state.ts";
import { clearAbandoned, confirmAbandoned } from "./confirm-abandoned.ts";
import { getEventCounts } from "./event-counts.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import type { ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";
import type { Findings } from "./reconcile-run.ts";

export const inspectRun = async (ports: ReconcilePorts, run: RunState): Promise<Findings> => {
  const running = [...run.tasks.keys()].filter((task) => run.tasks[task]?.phase === "running");
  const [over, pods] = await Promise.all([
    isOver(ports, run),
    // Without a graph only one task runs at a time.
    Promise.all((run.spec.graph ? running : running.slice(0, 1)).map((task) => inspectTask(ports, run, task))),
  ]);
  const cannotStart = pods.find(({ why }) => why !== undefined);
  const hidden = pods.find(({ ownEnd }) => ownEnd !== undefined);
  return {
    ...(over ? { over } : {}),
    ...(cannotStart?.why ? { cannotStart: { task: cannotStart.task, why: cannotStart.why } } : {}),
    ...(hidden?.ownEnd ? { ownEnd: { task: hidden.task, end: hidden.ownEnd } } : {}),
  };
};

interface TaskFindings {
  readonly task: number;
  readonly why?: string;
  readonly ownEnd?: OwnEnd;
}

const inspectTask = async (ports: ReconcilePorts, run: RunState, task: number): Promise<TaskFindings> => ({
  task,
  ...(await inspectPod(ports, run.tasks[task]?.job)),
});

/** Only for runs announced a while ago: an event can arrive here before Keptn waits for its answer. */
const isOver = async (ports: ReconcilePorts, run: RunState): Promise<boolean> => {
  const announcedMs = Date.parse(run.annotations.announced ?? "");
  const old = ports.clock.now().getTime() - announcedMs > ports.settings.CLAIM_LEASE_SECONDS * 1000;
  if (!isCounted(run.event) || !old) return false;
  if ((await getEventCounts(ports, run)).kind === "over") return confirmAbandoned(ports, run);
  await clearAbandoned(ports, run);
  return false;
};

const inspectPod = async (ports: ReconcilePorts, job: Job | undefined): Promise<Omit<TaskFindings, "task">> => {
  if (!job || isPodReady(job)) return {}; // saves the API server a list by label for most runs
  const { pods, unread } = await listPods(ports, job);
  if (unread !== undefined) return {};
  const pod = pods.at(-1);
  const ownEnd = await findHiddenEnd(ports, job, pod);
  if (ownEnd) return { ownEnd };
  const trouble = troubleOf(job, pod);
  const why = trouble && (await findStartProblem(ports, trouble, { job, pod }));
  return why ? { why } : {};
};

const findStartProblem = async (
  ports: ReconcilePorts,
  trouble: Trouble,
  { job, pod }: { readonly job: Job; readonly pod: Pod | undefined },
): Promise<string | undefined> => {
  const { START_GRACE_SECONDS: graceSeconds, START_DEADLINE_SECONDS: startSeconds } = ports.settings;
  const patience: Patience = { nowMs: ports.clock.now().getTime(), graceSeconds, startSeconds };
  const about = { job, pod, ...patience };
  const container = trouble.kind === "container" ? trouble.status.name : "";
  const seenMs = seenSinceMs(job, container);
  if (!mayBeOverdue(trouble, about)) return undefined;
  const warnings = await ports.pods.listWarnings(refOf(pod ?? job));
  const judgement = judgeStart(trouble, { ...about, warnings, ...(seenMs === undefined ? {} : { seenMs }) });
  if (judgement.kind === "note") await noteTrouble(ports, job, container);
  return judgement.kind === "cannot-start" ? judgement.why : undefined;
};

/** Concurrent sweeps write nearly the same note. */
const noteTrouble = async (ports: ReconcilePorts, job: Job, container: string): Promise<void> => {
  const seen: SeenTrouble = { container, since: ports.clock.now().toISOString() };
  await ports.jobs.patch(refOf(job), { annotations: { [annotation.trouble]: JSON.stringify(seen) } });
};
