// Accepts that Keptn no longer waits for a run only when it said so twice, some time apart. A Keptn that temporarily does not see its
// sequences says the same, and a run that is given up is lost.
import { annotation } from "../core/annotations/annotations.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run/run-state.ts";
import { logErrored } from "./error-log.ts";
import { aboutRun, nowMs, type ReconcilePorts } from "./ports.ts";

/** Less than the minute between two sweeps. */
const apartMs = 30_000;

/**
 * Call it when Keptn has just said that it no longer waits for this run.
 * @returns whether it said so before, long enough ago; otherwise this time is noted on the run's first Job
 */
export const confirmAbandoned = async (ports: ReconcilePorts, run: RunState): Promise<boolean> => {
  const saidMs = Date.parse(run.annotations.over ?? "");
  if (nowMs(ports) - saidMs >= apartMs) return true;
  if (Number.isNaN(saidMs)) {
    const message = "Keptn seems to no longer wait for this run; it will be asked again";
    ports.log({ level: "info", message, ...aboutRun(run) });
    await ports.jobs.patch(refOf(run.lead), { annotations: { [annotation.over]: ports.clock.now().toISOString() } });
  }
  return false;
};

/** Keptn waits for the run: an earlier "over" no longer counts. */
export const clearAbandoned = async (ports: ReconcilePorts, run: RunState): Promise<void> => {
  if (run.annotations.over) await ports.jobs.patch(refOf(run.lead), { annotations: { [annotation.over]: "" } });
};

/** For a run that was never announced: nothing of it ran, and its author must be told. */
export const logGivenUp = async (ports: ReconcilePorts, run: RunState, why: string): Promise<void> => {
  const message = `Action '${run.spec.action}' was not run: ${why}`;
  ports.log({ level: "error", message, ...aboutRun(run) });
  await logErrored(ports, run.event, message);
};
