// Sends a run's `.started` effectively once. The request that notes it also releases the first task.
import { annotation } from "../core/annotations/annotations.ts";
import { isCounted } from "../core/event/keptn-event.ts";
import { refOf } from "../core/object-meta.ts";
import { makeStarted } from "../core/report/finished-event.ts";
import { startsWithFirst } from "../core/run/graph-step.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import { confirmAbandoned, logGivenUp } from "./confirm-abandoned.ts";
import { getEventCounts, isRefusedForGood } from "./event-counts.ts";
import { finalizeRun } from "./finalize-run.ts";
import { acquireLease, type HeldLease } from "./lease.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";
import type { ReconcileResult } from "./reconcile-result.ts";

/**
 * @param how.ask another delivery may have sent it: lease the run and ask Keptn first
 * @returns the resting state; undefined when another delivery was faster: read the run again
 */
export const announce = async (
  ports: ReconcilePorts,
  run: RunState,
  how: { ask: boolean; holderIdentity: string },
): Promise<ReconcileResult | undefined> => {
  if (!how.ask) return sendAndNote(ports, run, undefined);
  const lease = await acquireLease(ports, run, how);
  if (!lease) return undefined;
  const count = isCounted(run.event) ? await getEventCounts(ports, run) : undefined;
  if (count?.kind === "over") return giveUpUnlessWrong(ports, run, lease);
  if (count && count.started > 0) return noteAnnounced(ports, run, lease);
  return (await lease.renewIfStale()) ? sendAndNote(ports, run, lease) : undefined;
};

const giveUpUnlessWrong = async (ports: ReconcilePorts, run: RunState, lease: HeldLease): Promise<ReconcileResult> => {
  if (!(await confirmAbandoned(ports, run))) {
    await lease.release();
    return { kind: "wait", why: "Keptn is asked again whether it still waits for this run" };
  }
  await logGivenUp(ports, run, "Keptn no longer waits for its event.");
  await finalizeRun(ports, run, "abandoned");
  return { kind: "over" };
};

const sendAndNote = async (
  ports: ReconcilePorts,
  run: RunState,
  lease: HeldLease | undefined,
): Promise<ReconcileResult | undefined> => {
  try {
    await ports.keptn.send(makeStarted(run.event, run.spec.source));
  } catch (fault) {
    if (isRefusedForGood(fault)) return giveUp(ports, run, fault);
    // Certainly not sent: the next delivery need not wait for the lease to expire.
    if (lease && fault instanceof IoError && !fault.outcomeUnknown) await lease.release();
    throw fault;
  }
  return noteAnnounced(ports, run, lease);
};

/** One request notes that `.started` was sent and releases the first task. In a graph, other tasks can be due as well, or instead. */
const noteAnnounced = async (
  ports: ReconcilePorts,
  run: RunState,
  lease: HeldLease | undefined,
): Promise<ReconcileResult | undefined> => {
  const startsFirst = !run.spec.graph || startsWithFirst(run);
  const answer = await ports.jobs.patch(refOf(run.lead), {
    expect: { annotations: { [annotation.announced]: "", ...(lease ? { [annotation.claim]: lease.record() } : {}) } },
    annotations: {
      [annotation.announced]: ports.clock.now().toISOString(),
      [annotation.claim]: "",
      ...(run.annotations.over ? { [annotation.over]: "" } : {}),
    },
    ...(startsFirst ? ({ state: "released", suspend: false } as const) : {}),
  });
  const task = run.spec.jobs[0]?.task;
  const message = startsFirst ? "announced and released the first task" : "announced";
  ports.log({ level: "info", message, task, answer, ...aboutRun(run) });
  if (answer !== "done") return undefined;
  await Promise.all([
    ports.note(refOf(run.lead), {
      reason: "Announced",
      message: `Told Keptn that action '${run.spec.action}' started.`,
    }),
    ...(startsFirst ? [ports.note(refOf(run.lead), { reason: "Released", message: `Released task '${task}'.` })] : []),
  ]);
  return run.spec.graph ? undefined : { kind: "wait", why: "a task is running" };
};

/** Keptn will never know of this run, so it must not run. */
const giveUp = async (ports: ReconcilePorts, run: RunState, fault: IoError): Promise<ReconcileResult> => {
  await logGivenUp(ports, run, `Keptn refuses its started event: ${fault.message}`);
  await finalizeRun(ports, run, "errored");
  return { kind: "over" };
};
