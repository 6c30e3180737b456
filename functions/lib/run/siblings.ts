// Handles the other runs of an event before one is reported: Keptn completes the task as soon as as many events finished as started.
import type { Sibling } from "../core/annotations/annotations.ts";
import type { Job } from "../core/kubernetes.ts";
import { makeRefused } from "../core/report/finished-event.ts";
import { newestJobMs, type RunState, siblingsOf, stateOf } from "../core/run/run-state.ts";
import { catchPermanent, IoError } from "../io-error.ts";
import { logErrored } from "./error-log.ts";
import { askedAgainMs, type CurrentCounts, isBalanced, ofSource } from "./event-counts.ts";
import { aboutRun, nowMs, type ReconcilePorts } from "./ports.ts";
import type { SourceFinished } from "./send-missing-events.ts";

/** Moves another run as far as possible. */
export type ReconcileSibling = (run: Pick<Sibling, "runId" | "namespaces">) => Promise<unknown>;

export interface SiblingsFound {
  /**
   * Siblings that cannot report themselves: they have no Job, or were finalized without a report that Keptn counted. This run must
   * answer for them, as the first open run of the event. The other runs wait for it.
   */
  readonly orphaned: readonly Sibling[];
  /** A sibling was moved: Keptn's count may have changed. */
  readonly moved: boolean;
}

/**
 * A sibling that is announced and has Jobs needs nothing. One that is not announced yet is moved. Lists can be stale, so the result is
 * valid only together with a count that is requested afterwards.
 * @param given.reconcile undefined when this is itself done for a sibling: the two would call each other forever
 * @throws IoError, retryable, while start-job may still create a sibling's Jobs or answer for it
 */
export const reconcileSiblings = async (
  ports: ReconcilePorts,
  run: RunState,
  { count, reconcile }: { readonly count: CurrentCounts; readonly reconcile: ReconcileSibling | undefined },
): Promise<SiblingsFound> => {
  const orphaned: Sibling[] = [];
  let [moved, isFirst] = [false, true];
  for (const sibling of siblingsOf(run)) {
    const counted = ofSource(count, sibling.source);
    if (isBalanced(counted)) continue;
    const wasRefused = run.annotations.refusedSiblings?.includes(sibling.runId);
    const jobs = (await listJobs(ports, sibling)) ?? (wasRefused ? [] : undefined);
    // If its Jobs cannot be listed, an announced sibling is left to deliveries that can list them.
    if (!jobs && counted.started > 0) continue;
    const isOpen = jobs?.some((job) => stateOf(job) !== "reported");
    if (isOpen && sibling.runId < run.id) isFirst = false;
    if (isOpen && counted.started > 0) continue;
    if (isOpen) {
      moved = true;
      await reconcile?.(sibling);
    } else {
      if (!jobs?.length) waitForStart(ports, run, sibling);
      orphaned.push(sibling);
    }
  }
  // Otherwise two runs reported at the same time would both answer for a third one.
  return { orphaned: isFirst ? orphaned : [], moved };
};

/** @returns undefined when listing them is forbidden, even a moment later @throws IoError */
export const listJobs = async (
  ports: ReconcilePorts,
  { runId, namespaces }: Sibling,
): Promise<readonly Job[] | undefined> => {
  const list = () => catchPermanent(() => ports.jobs.listRun(runId, namespaces));
  const listed = await list();
  if ("done" in listed) return listed.done;
  await ports.clock.sleep(askedAgainMs); // an API server that has just restarted does not know its roles yet
  const again = await list();
  return "done" in again ? again.done : undefined;
};

/**
 * start-job may still create the Jobs or, if Kubernetes refuses them, report that to Keptn. It waits between `.started` and `.finished`
 * until the first is counted. If it did not complete, the event is redelivered.
 */
const waitForStart = (ports: ReconcilePorts, run: RunState, { action }: Sibling): void => {
  if (nowMs(ports) >= newestJobMs(run) + ports.settings.CREATE_GRACE_SECONDS * 1000) return;
  const message = `start-job may still create the Jobs of action '${action}' of the same event, or answer for it`;
  throw new IoError(message, { retryable: true });
};

/** The `.finished` of orphaned siblings that Keptn has not counted yet. */
export const makeOrphanedFinished = async (
  ports: ReconcilePorts,
  run: RunState,
  { orphaned, count }: { readonly orphaned: readonly Sibling[]; readonly count: CurrentCounts },
): Promise<readonly SourceFinished[]> => {
  const due = orphaned.filter(({ source }) => !isBalanced(ofSource(count, source)));
  return Promise.all(
    due.map(async ({ runId, action, source }) => {
      const message = run.annotations.refusedSiblings?.includes(runId)
        ? `Action '${action}' was refused before it ran: start-job's log and Keptn's error log say why.`
        : `Action '${action}' did not come to its end: its Jobs were never created, or were removed by force.`;
      ports.log({ level: "error", message, ...aboutRun(run) });
      await logErrored(ports, run.event, message);
      const { MAX_EVENT_BYTES: maxBytes } = ports.settings;
      return { source, finished: makeRefused(run.event, source, { message, maxBytes }) };
    }),
  );
};
