// Starts the runs of one event: what is needed of them first, then the timer, then their Jobs.
import { type Answer, done } from "../chain/answer.ts";
import type { KeptnEvent } from "../core/keptn-event.ts";
import type { RunPlan } from "../core/plan.ts";
import { IoError, unlessRefused } from "../io/io-error.ts";
import type { Timer } from "../io/kubernetes/ports.ts";
import { type Standing, standingOf } from "./standing.ts";
import { type PreparedRun, prepareRun, type RunPorts, refuseRun, startRun } from "./start-run.ts";

export interface StartJobPorts extends RunPorts {
  readonly timer: Timer;
}

/** @throws IoError: the same event again goes on from what is there */
export const startRuns = async (
  ports: StartJobPorts,
  event: KeptnEvent,
  planned: readonly RunPlan[],
): Promise<Answer> => {
  const prepared = await unlessRefused(() => prepare(ports, event, planned));
  if ("refusal" in prepared) {
    const why = prepared.refusal.message;
    await inFull(planned.map((run) => refuseRun(ports, run, { event, why })));
    return done(why);
  }
  const { runs, halfAnswered, askedAt, touchedAt } = prepared.done;
  await inFull([
    ...runs.map((run) => startRun(ports, run, { event, askedAt, touchedAt })),
    ...halfAnswered.map((run) => refuseRun(ports, run, { event, why: answeredBefore })),
  ]);
  return done(runs.length > 0 ? `${runs.length} runs` : "Keptn no longer waits for it");
};

const answeredBefore = "its event was answered when it first came.";

/**
 * All that comes before the first Job. Files first, which may take a while: how Keptn stands with a run must not have been asked
 * long ago when its Jobs are created, and the timer waits for them even less.
 */
const prepare = async (ports: StartJobPorts, event: KeptnEvent, planned: readonly RunPlan[]) => {
  const prepared = await Promise.all(planned.map((run) => prepareRun(ports, run)));
  const askedAt = ports.clock.now();
  const standings = await Promise.all(planned.map((run) => standingOf(ports, event, run)));
  const those = <T>(of: readonly T[], wanted: Standing): T[] => of.filter((_, i) => standings[i] === wanted);
  const runs: PreparedRun[] = [
    ...those(prepared, "new"),
    ...those(prepared, "announced").map((run) => ({ ...run, announced: true })),
  ];
  const now = ports.clock.now();
  const touchedAt = runs.length > 0 ? await touch(ports.timer, now) : now;
  return { runs, halfAnswered: those(planned, "half-answered"), askedAt, touchedAt };
};

const touch = async (timer: Timer, now: Date): Promise<Date> => {
  const touched = await unlessRefused(() => timer.touch(now));
  if ("done" in touched) return touched.done;
  const message = `nothing runs without the sweep's timer: ${touched.refusal.message}`;
  throw new IoError(message, { retryable: false, cause: touched.refusal });
};

/** Nothing of an event goes on behind its answer: whatever becomes of one run, the others come to their ends. */
const inFull = async (works: readonly Promise<void>[]): Promise<void> => {
  const faults = (await Promise.allSettled(works)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  if (faults.length > 0) throw faults.find((fault) => !(fault instanceof IoError) || fault.retryable) ?? faults[0];
};
