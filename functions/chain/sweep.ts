// Looks for runs whose next step got lost, and takes it; ends the timer when there are none.
import pLimit from "p-limit";
import type { Job } from "../core/kubernetes.ts";
import { label } from "../core/marks.ts";
import { readRun } from "../core/run-state.ts";
import type { Timer } from "../io/kubernetes/ports.ts";
import { advance, namespacesOf } from "./advance.ts";
import { inspect } from "./inspect.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

export interface SweepPorts extends ChainPorts {
  readonly timer: Timer;
}

/** Runs that are looked at side by side: enough to be quick, few enough to be kind to the API server and to Keptn. */
const sideBySide = 10;

/** @returns how many runs are open, and how many of them could not be moved; those are tried again by the next sweep */
export const sweep = async (ports: SweepPorts): Promise<{ readonly open: number; readonly failed: number }> => {
  const askedMs = ports.clock.now().getTime();
  const timer = await ports.timer.read(); // before the list: a touch after this line changes its resourceVersion
  const runs = groupByRun(await ports.jobs.listOpen());
  const limit = pLimit(sideBySide);
  const moved = await Promise.all([...runs].map(([id, jobs]) => limit(() => moveRun(ports, id, jobs))));
  const failed = moved.filter((ok) => !ok).length;
  ports.log({ level: runs.size > 0 ? "info" : "debug", message: "swept", open: runs.size, failed });
  if (runs.size === 0 && timer) await endTimer(ports, timer, askedMs);
  return { open: runs.size, failed };
};

const moveRun = async (ports: SweepPorts, runId: string, jobs: readonly Job[]): Promise<boolean> => {
  const run = readRun(jobs);
  if (!run) {
    ports.log({ level: "warn", message: "a Job carries our labels but no readable run; left alone", run: runId });
    return true;
  }
  try {
    await advance(ports, { runId, namespaces: namespacesOf(run) }, { inspect: (state) => inspect(ports, state) });
    return true;
  } catch (fault) {
    ports.log({ level: "warn", message: `could not move a run: ${String(fault)}`, ...aboutRun(run) });
    return false;
  }
};

/**
 * A start-job that touched the timer may still be about to create Jobs: the timer goes only when that touch was older than any
 * start-job may take before the runs were looked for, and only if nobody touched it since it was read.
 */
const endTimer = async (
  ports: SweepPorts,
  timer: NonNullable<Awaited<ReturnType<Timer["read"]>>>,
  askedMs: number,
): Promise<void> => {
  const ageMs = askedMs - timer.touchedAt.getTime();
  if (ageMs > ports.settings.CREATE_GRACE_SECONDS * 1000) await ports.timer.remove(timer.resourceVersion);
};

const groupByRun = (jobs: readonly Job[]): Map<string, Job[]> =>
  Map.groupBy(
    jobs.filter((job) => job.metadata?.labels?.[label.run]),
    (job) => job.metadata?.labels?.[label.run] ?? "",
  );
