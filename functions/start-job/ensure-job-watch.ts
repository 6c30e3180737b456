// Creates the ApiServerSource that reports the ends of Jobs, in parallel to the runs. No run waits for it.
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import type { DeliveryResult } from "../lib/host/delivery-result.ts";
import { isSoonAfter } from "./in-time.ts";
import type { StartJobPorts } from "./ports.ts";
import { targetOf } from "./start-run.ts";

interface Runs {
  readonly plans: readonly RunPlan[];
  /** When the sweep's timer was touched for these runs. */
  readonly touchedAt: Date;
}

/**
 * @param start creates and releases the runs
 * @returns its answer, with work for afterwards if the watch is younger than the runs: it does not report ends before its first list
 * @throws the errors of `start`; a watch that cannot be created does not fail the runs
 */
export const withJobWatch = async (
  ports: StartJobPorts,
  { plans, touchedAt }: Runs,
  start: () => Promise<DeliveryResult>,
): Promise<DeliveryResult> => {
  if (plans.length === 0) return start();
  const watch = ensureJobWatch(ports, touchedAt);
  const result = await start();
  const after = async () => {
    if (await watch) return;
    const { recheckRuns } = await import("./recheck-runs.ts");
    await recheckRuns(ports, plans.map(targetOf), touchedAt);
  };
  return { ...result, after };
};

/** @returns whether the watch was ready and will report these runs. Never throws. */
const ensureJobWatch = async ({ watch, clock, log }: StartJobPorts, touchedAt: Date): Promise<boolean> => {
  if (!watch || !isSoonAfter({ clock }, touchedAt)) return true;
  try {
    return (await watch.touch(clock.now()))?.isReady ?? true;
  } catch (fault) {
    log({ level: "warn", message: `could not touch the ApiServerSource: ${String(fault)}` });
    return false;
  }
};
