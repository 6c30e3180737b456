// Asks Keptn how it stands with a run, and makes its count of started and finished events come out even.
import { makeStarted } from "../core/answer.ts";
import { type Envelope, isCounted } from "../core/keptn-event.ts";
import type { OutgoingEvent } from "../core/outgoing-event.ts";
import type { RunState } from "../core/run-state.ts";
import { IoError } from "../io/io-error.ts";
import type { Count } from "../io/keptn.ts";
import type { Hold } from "./claim.ts";
import { aboutRun, type ChainPorts } from "./ports.ts";

/** `over`: Keptn no longer waits for this task, nothing was sent. `lost`: somebody else has the run. */
export type Settled = "sent" | "over" | "lost";

/** What Keptn will never take, however often it is sent; a missing right (401, 403) can be given later. */
export const isRefusedForGood = (fault: unknown): fault is IoError =>
  fault instanceof IoError && [400, 413, 422].includes(fault.httpStatus ?? 0);

export const countOf = (ports: ChainPorts, run: RunState): Promise<Count> =>
  countFor(ports, run.event, run.chain.source);

/**
 * What Keptn has counted. An event can be here a moment before Keptn hears its answers: then it is open, but no current task
 * yet, which looks as if it were over; that is waited for.
 */
export const countFor = async (ports: ChainPorts, event: Envelope, source: string): Promise<Count> => {
  const untilMs = ports.clock.now().getTime() + (ports.settings.CLAIM_LEASE_SECONDS * 1000) / 3;
  for (;;) {
    const count = await ports.keptn.getCount(event, source);
    if (count.kind === "current" || !(await ports.keptn.isOpen(event))) return count;
    if (ports.clock.now().getTime() >= untilMs) return count;
    await ports.clock.sleep(500);
  }
};

/**
 * Sends `.finished` such that Keptn can count the task as complete: after a `.started` that it counted, and as often as it counted one.
 * @throws IoError, `maybeDone` when it is open whether Keptn got it
 */
export const sendFinished = async (ports: ChainPorts, run: RunState, given: Sending): Promise<Settled> =>
  isCounted(run.event) ? sendCounted(ports, run, given) : sendUncounted(ports, run, given);

export interface Sending {
  readonly finished: OutgoingEvent;
  readonly hold: Hold;
}

const sendCounted = async (ports: ChainPorts, run: RunState, { finished, hold }: Sending): Promise<Settled> => {
  const count = await countOnceSettled(ports, run);
  if (count.kind === "over") return "over";
  if (!(await hold.keep())) return "lost";
  if (count.started === 0) {
    ports.log({
      level: "warn",
      message: "Keptn has not counted the started event; it is sent again",
      ...aboutRun(run),
    });
    await ports.keptn.send(makeStarted(run.event, run.chain.source));
  }
  const due = Math.max(1, count.started);
  if (due > 1) ports.log({ level: "warn", message: `Keptn counted ${due} started events`, ...aboutRun(run) });
  for (let number = count.finished + 1; number <= due; number++) {
    if (!(await hold.keep())) return "lost";
    await sendOnce(ports, run, { finished, number });
  }
  return "sent";
};

/** Nobody counts, so nothing hangs by one too many. */
const sendUncounted = async (ports: ChainPorts, run: RunState, { finished, hold }: Sending): Promise<Settled> => {
  if (!(await hold.keep())) return "lost";
  if (!run.marks.announced) await ports.keptn.send(makeStarted(run.event, run.chain.source));
  await ports.keptn.send(finished);
  return "sent";
};

/** Where no good answer came, Keptn's count tells whether the event arrived. */
const sendOnce = async (
  ports: ChainPorts,
  run: RunState,
  { finished, number }: { readonly finished: OutgoingEvent; readonly number: number },
): Promise<void> => {
  try {
    await ports.keptn.send(finished);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.maybeDone)) throw fault;
    const arrived = (count: Count) => count.kind === "over" || count.finished >= number;
    if (!arrived(await countUntil(ports, run, { holds: arrived, fromMs: ports.clock.now().getTime() }))) throw fault;
  }
};

/** The count, once a `.started` that was sent just now had the time to be counted. */
const countOnceSettled = (ports: ChainPorts, run: RunState): Promise<Count> =>
  countUntil(ports, run, {
    holds: (count) => count.kind === "over" || count.started > 0,
    fromMs: Date.parse(run.marks.announced ?? "") || 0,
  });

/**
 * Keptn counts an event some time after it took it (up to 4 s seen on a real one): asks until the count is as hoped, for a
 * third of the lease.
 */
const countUntil = async (
  ports: ChainPorts,
  run: RunState,
  { holds, fromMs }: { readonly holds: (count: Count) => boolean; readonly fromMs: number },
): Promise<Count> => {
  const untilMs = fromMs + (ports.settings.CLAIM_LEASE_SECONDS * 1000) / 3;
  for (;;) {
    const count = await countOf(ports, run);
    if (holds(count) || ports.clock.now().getTime() >= untilMs) return count;
    await ports.clock.sleep(500);
  }
};
