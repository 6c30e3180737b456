// Reconciles runs again that started before the ApiServerSource was ready: it does not report changes before its first list.
import { annotation } from "../lib/core/annotations/annotations.ts";
import { refOf } from "../lib/core/object-meta.ts";
import { stateOf } from "../lib/core/run/run-state.ts";
import { IoError } from "../lib/io-error.ts";
import { type RunRef, reconcileRun } from "../lib/run/reconcile-run.ts";
import { isSoonAfter } from "./in-time.ts";
import type { StartJobPorts } from "./ports.ts";
import { betweenReadsMs } from "./throttle-touch.ts";

/** Observed from apply to Ready: 1.3 to 3.2 s. After this time the sweep is as quick. */
const longestWaitMs = 30_000;
/** Its adapter lists shortly before it is Ready, or, without a probe, shortly after. */
const afterReadyMs = [0, 2000] as const;

/** @throws IoError; the sweep does within a minute what is not done here */
export const recheckRuns = async (ports: StartJobPorts, runs: readonly RunRef[], touchedAt: Date): Promise<void> => {
  if (!(await isReadyInTime(ports, touchedAt))) {
    ports.log({
      level: "warn",
      message: "the ApiServerSource is not ready; until it is, only the sweep notices when Jobs end",
    });
    return;
  }
  let open = runs;
  for (const ms of afterReadyMs) {
    if (open.length === 0) return;
    if (ms > 0) await ports.clock.sleep(ms);
    open = await reconcileAll(ports, open);
    await wakeFinishTask(ports, open[0]);
  }
};

/**
 * Changes a released Job, which the new ApiServerSource reports: finish-task then cold-starts while the task runs, not when it has ended.
 * A failure is harmless.
 */
const wakeFinishTask = async ({ jobs, clock, log }: StartJobPorts, run: RunRef | undefined): Promise<void> => {
  if (!run) return;
  try {
    const released = (await jobs.listRun(run.runId, run.namespaces)).find((job) => stateOf(job) === "released");
    if (released)
      await jobs.patch(refOf(released), { annotations: { [annotation.watched]: clock.now().toISOString() } });
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    log({ level: "debug", message: `could not wake finish-task: ${fault.message}`, run: run.runId });
  }
};

const isReadyInTime = async (ports: StartJobPorts, touchedAt: Date): Promise<boolean> => {
  const startMs = ports.clock.now().getTime();
  while (ports.clock.now().getTime() - startMs < longestWaitMs) {
    await ports.clock.sleep(betweenReadsMs);
    const seen = await see(ports, touchedAt);
    if (seen?.isReady) return true;
  }
  return false;
};

/** Recreates a watch that was deleted, or was being deleted when it was touched, while the timer is certain to exist. */
const see = async (ports: StartJobPorts, touchedAt: Date) => {
  try {
    const seen = await ports.watch?.read();
    if (seen || !isSoonAfter(ports, touchedAt)) return seen;
    return await ports.watch?.touch(ports.clock.now());
  } catch (fault) {
    if (fault instanceof IoError && fault.retryable) return undefined; // the API server is temporarily unreachable
    throw fault;
  }
};

/** @returns the runs that are still open */
const reconcileAll = async (ports: StartJobPorts, runs: readonly RunRef[]): Promise<readonly RunRef[]> => {
  const rests = await Promise.all(runs.map((run) => reconcileRun(ports, run)));
  return runs.filter((_, i) => rests[i]?.kind !== "over");
};
