// Looks for runs whose next step got lost, and takes it; ends the timer when there are none.
import { runScopeOf } from "../core/run-scope.ts";
import { explainUnread } from "../core/unread-namespace.ts";
import type { Timer, TimerSeen } from "../io/kubernetes/ports.ts";
import { moveRuns } from "./move-runs.ts";
import type { ChainPorts } from "./ports.ts";

export interface SweepPorts extends ChainPorts {
  readonly timer: Timer;
}

export interface Swept {
  /** Runs that are open, as far as could be read. */
  readonly open: number;
  /** Of those: could not be moved. The next sweep tries again. */
  readonly failed: number;
  /** Of those: there was no time for them. Another sweep begins elsewhere. */
  readonly left: number;
  /** Namespaces that could not be listed. */
  readonly unread: number;
}

/**
 * Less than Knative gives a request, and less than a delivery's calls to Keptn may take (server.ts): what is begun after that would
 * only fail.
 */
const sweepSeconds = 75;

/** @throws IoError when nothing at all could be read */
export const sweep = async (ports: SweepPorts): Promise<Swept> => {
  const askedMs = ports.clock.now().getTime();
  const timer = await ports.timer.read(); // before the list: a touch after this line changes its resourceVersion
  const scope = runScopeOf(ports.settings);
  // Runs of before stay where they are when JOB_NAMESPACE, ALLOWED_NAMESPACES or FULL_DEPLOYMENT_NAME are changed.
  const { runs, unread } = await ports.jobs.listOpen([scope, ...(timer?.scopes ?? [])]);
  for (const { namespace, fault } of unread) {
    const isCurrent = scope.namespaces.includes(namespace);
    ports.log({ level: "warn", message: explainUnread(namespace, fault.message, isCurrent), namespace });
  }
  const { failed, left } = await moveRuns(ports, runs, askedMs + sweepSeconds * 1000);
  const swept = { open: runs.size, failed, left, unread: unread.length };
  ports.log({ level: runs.size > 0 ? "info" : "debug", message: "swept", ...swept });
  // Where something could not be read, runs may be open that only the timer will find.
  if (runs.size === 0 && unread.length === 0 && timer) await endTimer(ports, timer, askedMs);
  return swept;
};

/**
 * A start-job that touched the timer may still be about to create Jobs: the timer goes only when that touch was older than any
 * start-job may take before the runs were looked for, and only if nobody touched it since it was read.
 */
const endTimer = async (ports: SweepPorts, timer: TimerSeen, askedMs: number): Promise<void> => {
  const ageMs = askedMs - timer.touchedAt.getTime();
  if (ageMs > ports.settings.CREATE_GRACE_SECONDS * 1000) await ports.timer.remove(timer.resourceVersion);
};
