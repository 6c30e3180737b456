// Moves the runs that a sweep found: a few in parallel, in random order, until the time is up.
import { hashOf } from "../core/annotations/annotations.ts";
import { readRun } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import type { OpenRuns } from "../kubernetes/ports.ts";
import { inspectRun } from "./inspect-run.ts";
import { aboutRun, nowMs, type ReconcilePorts } from "./ports.ts";
import { reconcileRun } from "./reconcile-run.ts";

export interface ReconciledRuns {
  /** Runs that could not be moved. */
  readonly failed: number;
  /** Runs that were not started: the time was up. */
  readonly left: number;
}

/** Runs in parallel: enough to be quick, few enough to spare the API server and Keptn. */
const sideBySide = 10;

/** Limit for runs that are read in parallel. Larger ones are read one at a time. */
const usualRunBytes = 2 * 1024 * 1024;

/** One fault often blocks many runs. */
const mostFaultsTold = 20;

/** @param untilMs no further run is started after this time (epoch milliseconds) */
export const reconcileRuns = async (
  ports: ReconcilePorts,
  runs: OpenRuns["runs"],
  untilMs: number,
): Promise<ReconciledRuns> => {
  const large: string[] = [];
  let [failed, left] = [0, 0];
  const move = async (runId: string, maxBytes?: number): Promise<void> => {
    if (nowMs(ports) >= untilMs) return void left++;
    const moved = await reconcileFound(ports, { runId, namespaces: [...(runs.get(runId) ?? [])] }, maxBytes);
    if (moved === "done") return;
    if (moved.tooLarge && maxBytes !== undefined) return void large.push(runId);
    failed++;
    if (failed > mostFaultsTold) return;
    ports.log({ level: "warn", message: `could not move a run: ${String(moved.fault)}`, ...moved.about });
  };
  const ids = shuffle(ports, [...runs.keys()]).values();
  const worker = async (): Promise<void> => {
    for (const id of ids) await move(id, usualRunBytes);
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
  for (const id of large) await move(id);
  const untold = failed - mostFaultsTold;
  if (untold > 0) ports.log({ level: "warn", message: `could not move ${untold} more runs` });
  if (left > 0)
    ports.log({ level: "warn", message: `out of time, ${left} runs not moved; the next sweep uses another order` });
  return { failed, left };
};

/** Random order: if there is no time for all runs, each sweep skips different ones, also in a new process. */
const shuffle = (ports: ReconcilePorts, ids: readonly string[]): string[] => {
  const seed = ports.newHolderIdentity();
  return ids
    .map((id) => ({ id, place: hashOf(`${seed} ${id}`, 16) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ id }) => id);
};

interface Failure {
  readonly fault: unknown;
  readonly tooLarge: boolean;
  /** Fields for the log line. */
  readonly about: object;
}

const ignored = "ignored Jobs with our labels: their run annotations are missing or malformed";

const reconcileFound = async (
  ports: ReconcilePorts,
  { runId, namespaces }: { readonly runId: string; readonly namespaces: readonly string[] },
  maxBytes: number | undefined,
): Promise<"done" | Failure> => {
  let about: object = { run: runId };
  try {
    const room = maxBytes === undefined ? {} : { maxBytes };
    const jobs = await ports.jobs.listRun(runId, namespaces, { byName: true, ...room });
    const run = readRun(jobs);
    if (run) {
      about = aboutRun(run);
      await reconcileRun(ports, { runId, namespaces, jobs }, { inspect: (state) => inspectRun(ports, state) });
    } else if (jobs.length > 0) ports.log({ level: "warn", message: ignored, run: runId });
    return "done";
  } catch (fault) {
    return { fault, about, tooLarge: fault instanceof IoError && fault.tooLarge };
  }
};
