// Sends a run's `.finished`, such that Keptn can count the event's task as complete, and not before all of its runs are announced.
import { makeStarted } from "../core/answer.ts";
import { isCounted } from "../core/keptn-event.ts";
import type { OutgoingEvent } from "../core/outgoing-event.ts";
import type { RunState } from "../core/run-state.ts";
import type { Count } from "../io/keptn.ts";
import type { Hold } from "./claim.ts";
import { askUntil, countOf, haveStarted, thirdOfLeaseMs } from "./count.ts";
import { evenOut } from "./even-out.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";
import { answerForsaken, lookAfterSiblings, type ReconcileRun, siblingsOf } from "./siblings.ts";

/** `over`: Keptn no longer waits for this task, nothing was sent. `lost`: somebody else has the run. */
export type Settled = "sent" | "over" | "lost";

/**
 * Sends `.finished` such that Keptn can count the task as complete: after a `.started` that it counted of this run and of each of its
 * siblings, and as often as it counted one of this run.
 * @throws IoError, `maybeDone` when it is open whether Keptn got it
 */
export const sendFinished = async (ports: ChainPorts, run: RunState, given: Sending): Promise<Settled> =>
  isCounted(run.event) ? sendCounted(ports, run, given) : sendUncounted(ports, run, given);

export interface Sending {
  readonly finished: OutgoingEvent;
  readonly hold: Hold;
  /** Not there where this run is itself moved for a sibling. */
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
  // Asked after their Jobs were read: what was counted by then tells whether a sibling without Jobs was reported before they went.
  if (moved || forsaken.length > 0) count = await countOf(ports, run);
  if (count.kind === "over") return "over";
  if (!(await hold.keep())) return "lost";
  const { source } = run.chain;
  if (count.started === 0)
    ports.log({
      level: "warn",
      message: "Keptn has not counted the started event; it is sent again",
      ...aboutRun(run),
    });
  const answers = [...(await answerForsaken(ports, run, { forsaken, count })), { source, finished }];
  const siblings = siblingsOf(run).map((sibling) => sibling.source);
  return evenOut(ports, count, { event: run.event, answers, siblings, maySend: () => hold.keep() });
};

/** Nobody counts, so nothing hangs by one too many. */
const sendUncounted = async (ports: ChainPorts, run: RunState, { finished, hold }: Sending): Promise<Settled> => {
  if (!(await hold.keep())) return "lost";
  if (!run.marks.announced) await ports.keptn.send(makeStarted(run.event, run.chain.source));
  await ports.keptn.send(finished);
  return "sent";
};

/**
 * The count, once a `.started` that was sent just now had the time to be counted, and those of its siblings, which are announced
 * together with it: Keptn counts an event some time after it took it (up to 4 s seen on a real one).
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
