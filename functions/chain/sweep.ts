// Looks for runs whose next step got lost, and takes it; ends what wakes us when there are none.
import { runScopeOf } from "../core/run-scope.ts";
import { explainUnread } from "../core/unread-namespace.ts";
import { endWakers, keepWatch, readWakers, type WakerPorts } from "./idle.ts";
import { moveRuns } from "./move-runs.ts";

export type SweepPorts = WakerPorts;

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
  const wakers = await readWakers(ports); // before the list: a touch after this line changes a resourceVersion
  const scope = runScopeOf(ports.settings);
  // Runs of before stay where they are when JOB_NAMESPACE, ALLOWED_NAMESPACES or FULL_DEPLOYMENT_NAME are changed.
  const { runs, unread } = await ports.jobs.listOpen([scope, ...(wakers.timer?.scopes ?? [])]);
  for (const { namespace, fault } of unread) {
    const isCurrent = scope.namespaces.includes(namespace);
    ports.log({ level: "warn", message: explainUnread(namespace, fault.message, isCurrent), namespace });
  }
  const { failed, left } = await moveRuns(ports, runs, wakers.askedMs + sweepSeconds * 1000);
  const swept = { open: runs.size, failed, left, unread: unread.length };
  ports.log({ level: runs.size > 0 ? "info" : "debug", message: "swept", ...swept });
  // Where something could not be read, runs may be open that only the timer will find.
  await (runs.size === 0 && unread.length === 0 ? endWakers(ports, wakers) : keepWatch(ports, wakers));
  return swept;
};
