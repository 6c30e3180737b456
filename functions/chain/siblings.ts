// Looks after the other runs of an event before one of them is reported: Keptn completes its task once as many finished as started.
import { makeRefused } from "../core/answer.ts";
import type { Job } from "../core/kubernetes.ts";
import type { Sibling } from "../core/marks.ts";
import { createdMs } from "../core/object-meta.ts";
import { type RunState, stateOf } from "../core/run-state.ts";
import { IoError, unlessRefused } from "../io/io-error.ts";
import { askedAgainMs, type Current, isEven, ofSource } from "./count.ts";
import { logErrored } from "./error-log.ts";
import type { SourceAnswer } from "./even-out.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/** Moves another run as far as it goes. */
export type ReconcileRun = (run: Pick<Sibling, "runId" | "namespaces">) => Promise<unknown>;

/** Not there in a run of version 0.1.0: it is reported as it was then. */
export const siblingsOf = ({ chain }: RunState): readonly Sibling[] => chain.siblings ?? [];

export interface SiblingsFound {
  /**
   * Nobody will answer for them: they have no Job, or were let go without an answer that Keptn counted. This run has to, being the first
   * of the event's runs that is open; to the others they are siblings that are not announced yet.
   */
  readonly forsaken: readonly Sibling[];
  /** Something was done about another one: Keptn's count may have changed. */
  readonly moved: boolean;
}

/**
 * Whoever is announced and has Jobs is on its way, and needs nothing. Who is not announced yet is helped to be. Two lists can be older
 * than each other: what is found here is only believed together with a count that is asked afterwards.
 * @param given.reconcile not there where this is itself done for a sibling: the two would call each other for ever
 * @throws IoError, retryable, while start-job may still create the Jobs of one, or be about to answer for it
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
    // Where nothing may be listed any more, one that is announced is left to whoever may.
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
  // Two runs that are reported at the same time would both answer for a third one.
  return { forsaken: isFirst ? forsaken : [], moved };
};

/** @returns undefined: they may not be listed, also not a moment later @throws IoError */
const listJobs = async (ports: ChainPorts, { runId, namespaces }: Sibling): Promise<readonly Job[] | undefined> => {
  const list = () => unlessRefused(() => ports.jobs.listRun(runId, namespaces));
  const listed = await list();
  if ("done" in listed) return listed.done;
  await ports.clock.sleep(askedAgainMs); // an API server that has just restarted knows no role yet
  const again = await list();
  return "done" in again ? again.done : undefined;
};

/**
 * start-job may still create its Jobs, or, where Kubernetes refuses them, tell Keptn so: it waits between its two answers until the first
 * is counted. When it did not get to its end, the same event comes again.
 */
const waitForStart = (ports: ChainPorts, run: RunState, { action }: Sibling): void => {
  const newestMs = Math.max(...run.tasks.map(({ job }) => (job ? createdMs(job) : 0)));
  if (ports.clock.now().getTime() >= newestMs + ports.settings.CREATE_GRACE_SECONDS * 1000) return;
  throw new IoError(`start-job may still create the Jobs of action '${action}' of the same event, or answer for it`, {
    retryable: true,
  });
};

/** The answers of those that nobody answers for, as far as Keptn has not counted them. */
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
