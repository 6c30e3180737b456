// Believes Keptn that it no longer waits for a run when it has said so twice, some time apart: a Keptn that just lost sight of its
// sequences says the same, and a run that is given up for it is lost.
import { annotation } from "../core/marks.ts";
import { refOf } from "../core/object-meta.ts";
import type { RunState } from "../core/run-state.ts";
import { logErrored } from "./error-log.ts";
import { aboutRun, type ChainPorts, nowMs } from "./ports.ts";

/** Less than the minute from one sweep to the next. */
const apartMs = 30_000;

/**
 * Keptn said just now that it no longer waits for this run.
 * @returns whether it had said so before, long enough ago; else that is noted on the run's first Job, for whoever asks next
 */
export const isOverForGood = async (ports: ChainPorts, run: RunState): Promise<boolean> => {
  const saidMs = Date.parse(run.marks.over ?? "");
  if (nowMs(ports) - saidMs >= apartMs) return true;
  if (Number.isNaN(saidMs)) {
    ports.log({
      level: "info",
      message: "Keptn seems to wait no longer for this run; it is asked again",
      ...aboutRun(run),
    });
    await ports.jobs.patch(refOf(run.lead), { annotations: { [annotation.over]: ports.clock.now().toISOString() } });
  }
  return false;
};

/** Keptn waits for it: whatever it said before does not count any more. */
export const forgetOver = async (ports: ChainPorts, run: RunState): Promise<void> => {
  if (run.marks.over) await ports.jobs.patch(refOf(run.lead), { annotations: { [annotation.over]: "" } });
};

/** A run that was never announced and never will be: nothing of it ran, which its author has to hear. */
export const logGivenUp = async (ports: ChainPorts, run: RunState, why: string): Promise<void> => {
  const message = `Action '${run.chain.action}' was not run: ${why}`;
  ports.log({ level: "error", message, ...aboutRun(run) });
  await logErrored(ports, run.event, message);
};
