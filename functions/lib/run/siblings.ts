// Handles the other runs of an event before one is reported: Keptn completes the task as soon as as many events finished as started.

import type { Sibling } from "../core/annotations/marks.ts";
import type { Job } from "../core/kubernetes.ts";
import { createdMs } from "../core/object-meta.ts";
import { makeRefused } from "../core/report/answer.ts";
import { type RunState, stateOf } from "../core/run/run-state.ts";
import { IoError, unlessRefused } from "../io-error.ts";
import { askedAgainMs, type Current, isEven, ofSource } from "./count.ts";
import { logErrored } from "./error-log.ts";
import type { SourceAnswer } from "./even-out.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/** Moves another run as far as possible. */
export type ReconcileRun = (run: Pick<Sibling, "runId" | "namespaces">) => Promise<unknown>;

/** Missing in runs of version 0.1.0, which are reported as in that version. */
export const siblingsOf = ({ chain }: RunState): readonly Sibling[] => chain.siblings ?? [];

export interface SiblingsFound {
  /**
   * Siblings that cannot report themselves: they have no Job, or were finalized without a report that Keptn counted. This run must
   * answer for them, as the first open run of the event. The other runs wait for it.
   */
  readonly forsaken: readonly Sibling[];
  /** A sibling was moved: Keptn's count may have changed. */
  readonly moved: boolean;
}

/**
 * A sibling that is announced and has Jobs needs nothing. One that is not announced yet is moved. Lists can be stale, so the result is
 * valid only together with a count that is requested afterwards.
 * @param given.reconcile undefined when this is itself done for a sibling: the two would call each other forever
 * @throws IoError, retryable, while start-job may still create a sibling's Jobs or answer for it
 */
export const lookAfterSiblings = async (
  ports: ChainPorts,
  run: RunState,
  { count, reconcile }: { readonly count: Current; readonly reconcile: ReconcileRun | undefined },
): Promise<SiblingsFound> => {
  const forsaken: Sibling[] = [];
  let [moved, isFirst] = [false, true];
  for (const sibling of siblingsOf(run)) {
    const counted = ofSource(count, sibling.source);
    if (isEven(counted)) continue;
    const wasRefused = run.marks.refusedSiblings?.includes(sibling.runId);
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
      forsaken.push(sibling);
    }
  }
  // Otherwise two runs reported at the same time would both answer for a third one.
  return { forsaken: isFirst ? forsaken : [], moved };
};

/** @returns undefined when listing them is forbidden, even a moment later @throws IoError */
const listJobs = async (ports: ChainPorts, { runId, namespaces }: Sibling): Promise<readonly Job[] | undefined> => {
  const list = () => unlessRefused(() => ports.jobs.listRun(runId, namespaces));
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
const waitForStart = (ports: ChainPorts, run: RunState, { action }: Sibling): void => {
  const newestMs = Math.max(...run.tasks.map(({ job }) => (job ? createdMs(job) : 0)));
  if (ports.clock.now().getTime() >= newestMs + ports.settings.CREATE_GRACE_SECONDS * 1000) return;
  throw new IoError(`start-job may still create the Jobs of action '${action}' of the same event, or answer for it`, {
    retryable: true,
  });
};

/** The `.finished` of forsaken siblings that Keptn has not counted yet. */
export const answerForsaken = async (
  ports: ChainPorts,
  run: RunState,
  { forsaken, count }: { readonly forsaken: readonly Sibling[]; readonly count: Current },
): Promise<readonly SourceAnswer[]> => {
  const due = forsaken.filter(({ source }) => !isEven(ofSource(count, source)));
  return Promise.all(due.map((sibling) => answerFor(ports, run, sibling)));
};

const answerFor = async (ports: ChainPorts, run: RunState, { action, source }: Sibling): Promise<SourceAnswer> => {
  const message = `Action '${action}' did not come to its end: its Jobs were never created, or were removed by force.`;
  ports.log({ level: "error", message, ...aboutRun(run) });
  await logErrored(ports, run.event, message);
  return { source, finished: makeRefused(run.event, source, { message, maxBytes: ports.settings.MAX_EVENT_BYTES }) };
};
