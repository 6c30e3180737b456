// Sends a run's `.finished` so that Keptn can complete the event's task, and not before all runs of the event are announced.

import { isCounted } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { makeStarted } from "../core/report/answer.ts";
import type { RunState } from "../core/run/run-state.ts";
import type { Count } from "../keptn/keptn.ts";
import type { Hold } from "./claim.ts";
import { askUntil, countOf, haveStarted, thirdOfLeaseMs } from "./count.ts";
import { evenOut } from "./even-out.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";
import { answerForsaken, lookAfterSiblings, type ReconcileRun, siblingsOf } from "./siblings.ts";

/** `over`: Keptn no longer waits for this task, nothing was sent. `lost`: another delivery holds the lease. */
export type Settled = "sent" | "over" | "lost";

/**
 * Sends `.finished` after Keptn counted a `.started` of this run and of each sibling, and as often as it counted one of this run. Keptn
 * then completes the task.
 * @throws IoError, `maybeDone` when it is unknown whether Keptn received it
 */
export const sendFinished = async (ports: ChainPorts, run: RunState, given: Sending): Promise<Settled> =>
  isCounted(run.event) ? sendCounted(ports, run, given) : sendUncounted(ports, run, given);

export interface Sending {
  readonly finished: OutgoingEvent;
  readonly hold: Hold;
  /** Undefined when this run is itself moved for a sibling. */
  readonly reconcile: ReconcileRun | undefined;
}

const sendCounted = async (
  ports: ChainPorts,
  run: RunState,
  { finished, hold, reconcile }: Sending,
): Promise<Settled> => {
  let count = await countOnceSettled(ports, run);
  if (count.kind === "over") return "over";
  const { forsaken, moved } = await lookAfterSiblings(ports, run, { count, reconcile });
  // Counted after reading the siblings' Jobs: this shows whether a sibling without Jobs was reported before they were deleted.
  if (moved || forsaken.length > 0) count = await countOf(ports, run);
  if (count.kind === "over") return "over";
  if (!(await hold.keep())) return "lost";
  const { source } = run.chain;
  if (count.started === 0)
    ports.log({
      level: "warn",
      message: "Keptn has not counted the started event; sending it again",
      ...aboutRun(run),
    });
  const answers = [...(await answerForsaken(ports, run, { forsaken, count })), { source, finished }];
  const siblings = siblingsOf(run).map((sibling) => sibling.source);
  return evenOut(ports, count, { event: run.event, answers, siblings, maySend: () => hold.keep() });
};

/** Keptn does not count these events, so a duplicate is harmless. */
const sendUncounted = async (ports: ChainPorts, run: RunState, { finished, hold }: Sending): Promise<Settled> => {
  if (!(await hold.keep())) return "lost";
  if (!run.marks.announced) await ports.keptn.send(makeStarted(run.event, run.chain.source));
  await ports.keptn.send(finished);
  return "sent";
};

/**
 * The count, once Keptn had time to count a recent `.started` and those of the siblings, which are announced together with it. Keptn
 * counts an event some time after accepting it (observed: up to 4 s).
 */
const countOnceSettled = (ports: ChainPorts, run: RunState): Promise<Count> => {
  const untilMs = (Date.parse(run.marks.announced ?? "") || 0) + thirdOfLeaseMs(ports);
  const sources = [run.chain.source, ...siblingsOf(run).map(({ source }) => source)];
  return askUntil(
    ports,
    () => countOf(ports, run),
    (count) => count.kind === "over" || haveStarted(count, sources),
    untilMs,
  );
};
