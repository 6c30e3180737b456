// Inspects an open run for conditions that cause no Job event: a pod that cannot start, a task that ended before its pod, a sequence
// that Keptn ended.
import { annotation } from "../core/annotations/annotations.ts";
import { type SeenBlocker, seenSinceMs } from "../core/annotations/seen-blocker.ts";
import { isCounted } from "../core/event/keptn-event.ts";
import type { Job, Pod } from "../core/kubernetes.ts";
import { refOf } from "../core/object-meta.ts";
import { isPodReady } from "../core/pod/ready-pod.ts";
import { type StartBlocker, startBlockerOf } from "../core/pod/start-blocker.ts";
import { judgeStart, mayBeOverdue } from "../core/pod/start-timeout.ts";
import type { Findings } from "../core/run/next-step.ts";
import type { RunState } from "../core/run/run-state.ts";
import { clearAbandoned, confirmAbandoned } from "./confirm-abandoned.ts";
import { getEventCounts } from "./event-counts.ts";
import { findHiddenEnd } from "./hidden-end.ts";
import { nowMs, type ReconcilePorts } from "./ports.ts";
import { listPods } from "./read-task-reports.ts";

export const inspectRun = async (ports: ReconcilePorts, run: RunState): Promise<Findings> => {
  const running = [...run.tasks.entries()].filter(([, { phase }]) => phase === "running");
  const [over, pods] = await Promise.all([
    isOver(ports, run),
    // Without a graph only one task runs at a time.
    Promise.all(
      (run.spec.graph ? running : running.slice(0, 1)).map(([task, { job }]) => inspectPod(ports, task, job)),
    ),
  ]);
  const [cannotStart, ownEnd] = [pods.find((one) => one.cannotStart), pods.find((one) => one.ownEnd)];
  return { ...(over ? { over } : {}), ...cannotStart, ...ownEnd };
};

/** Only for runs announced a while ago: an event can arrive here before Keptn waits for its answer. */
const isOver = async (ports: ReconcilePorts, run: RunState): Promise<boolean> => {
  const announcedMs = Date.parse(run.annotations.announced ?? "");
  const old = nowMs(ports) - announcedMs > ports.settings.CLAIM_LEASE_SECONDS * 1000;
  if (!isCounted(run.event) || !old) return false;
  if ((await getEventCounts(ports, run)).kind === "over") return confirmAbandoned(ports, run);
  await clearAbandoned(ports, run);
  return false;
};

/** @returns at most one finding */
const inspectPod = async (ports: ReconcilePorts, task: number, job: Job | undefined): Promise<Findings> => {
  if (!job || isPodReady(job)) return {}; // saves the API server a list by label for most runs
  const { pods, unread } = await listPods(ports, job);
  if (unread !== undefined) return {};
  const pod = pods.at(-1);
  const end = await findHiddenEnd(ports, job, pod);
  if (end) return { ownEnd: { task, end } };
  const blocker = startBlockerOf(job, pod);
  const why = blocker && (await whyNeverStarts(ports, blocker, { job, pod }));
  return why ? { cannotStart: { task, why } } : {};
};

/** @returns undefined: it may still start */
const whyNeverStarts = async (
  ports: ReconcilePorts,
  blocker: StartBlocker,
  { job, pod }: { readonly job: Job; readonly pod: Pod | undefined },
): Promise<string | undefined> => {
  const { START_GRACE_SECONDS: graceSeconds, START_DEADLINE_SECONDS: startSeconds } = ports.settings;
  const about = { job, pod, nowMs: nowMs(ports), graceSeconds, startSeconds };
  const container = blocker.kind === "container" ? blocker.status.name : "";
  const seenMs = seenSinceMs(job, container);
  if (!mayBeOverdue(blocker, about)) return undefined;
  const warnings = await ports.pods.listWarnings(refOf(pod ?? job));
  const judgement = judgeStart(blocker, { ...about, warnings, seenMs });
  if (judgement.kind === "note") await noteBlocker(ports, job, container);
  return judgement.kind === "cannot-start" ? judgement.why : undefined;
};

/** Concurrent sweeps write nearly the same note. */
const noteBlocker = async (ports: ReconcilePorts, job: Job, container: string): Promise<void> => {
  const seen: SeenBlocker = { container, since: ports.clock.now().toISOString() };
  await ports.jobs.patch(refOf(job), { annotations: { [annotation.trouble]: JSON.stringify(seen) } });
};
