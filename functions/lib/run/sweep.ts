// Moves runs whose next step was missed. Deletes the watch and the timer when no run is open.
import { runScopeOf } from "../core/run/run-scope.ts";
import { explainUnread } from "../core/run/unread-namespace.ts";
import { readSources, removeSources, renewWatch, type SweepPorts } from "./knative-sources.ts";
import { reconcileRuns } from "./reconcile-runs.ts";

export type { SweepPorts };

export interface Swept {
  /** Open runs in the readable namespaces. */
  readonly open: number;
  /** Open runs that could not be moved. The next sweep retries them. */
  readonly failed: number;
  /** Open runs there was no time for. The next sweep uses another order. */
  readonly left: number;
  /** Namespaces that could not be listed. */
  readonly unread: number;
}

/**
 * Less than Knative's request timeout, and less than the time that a delivery's calls to Keptn may take (server.ts): later work would
 * only fail.
 */
const sweepSeconds = 75;

/** @throws IoError when nothing at all could be read */
export const sweep = async (ports: SweepPorts): Promise<Swept> => {
  const sources = await readSources(ports); // before the list: a later touch changes a resourceVersion
  const scope = runScopeOf(ports.settings);
  // Earlier runs stay where they are when JOB_NAMESPACE, ALLOWED_NAMESPACES or FULL_DEPLOYMENT_NAME change.
  const { runs, unread } = await ports.jobs.listOpen([scope, ...(sources.timer?.scopes ?? [])]);
  for (const { namespace, fault } of unread) {
    const isCurrent = scope.namespaces.includes(namespace);
    ports.log({ level: "warn", message: explainUnread(namespace, fault.message, isCurrent), namespace });
  }
  const { failed, left } = await reconcileRuns(ports, runs, sources.askedMs + sweepSeconds * 1000);
  const swept = { open: runs.size, failed, left, unread: unread.length };
  ports.log({ level: runs.size > 0 ? "info" : "debug", message: "swept", ...swept });
  // Unreadable namespaces may have open runs that only the timer will find.
  await (runs.size === 0 && unread.length === 0 ? removeSources(ports, sources) : renewWatch(ports, sources));
  return swept;
};
