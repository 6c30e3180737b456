// Asks Keptn how it stands with a run, and makes its count of started and finished events come out even.
import { makeStarted } from "../core/answer.ts";
import { type Envelope, isCounted } from "../core/keptn-event.ts";
import type { OutgoingEvent } from "../core/outgoing-event.ts";
import type { RunState } from "../core/run-state.ts";
import { IoError, markMaybeDone } from "../io/io-error.ts";
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
  const ask = async () => {
    const count = await ports.keptn.getCount(event, source);
    return { count, settled: count.kind === "current" || !(await ports.keptn.isOpen(event)) };
  };
  return (await askUntil(ports, ask, ({ settled }) => settled)).count;
};

/**
 * Asks Keptn twice a second until the answer is good, or was asked for at `untilMs`. Once it answered, a question that fails is as
 * good as one that was not asked: with every one of them a look at a run would fail where few calls of many do.
 */
const askUntil = async <T>(
  ports: ChainPorts,
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  untilMs = nowMs(ports) + thirdOfLeaseMs(ports),
): Promise<T> => {
  for (let answered = false; ; ) {
    const askedMs = nowMs(ports); // an answer may take long: it says what was when it was asked
    try {
      const answer = await ask();
      if (isGood(answer) || askedMs >= untilMs) return answer;
      answered = true;
    } catch (fault) {
      const passes = answered && fault instanceof IoError && fault.retryable && askedMs < untilMs;
      if (!passes) throw fault;
    }
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
  if (count.started === 0)
    ports.log({
      level: "warn",
      message: "Keptn has not counted the started event; it is sent again",
      ...aboutRun(run),
    });
  const about = { event: run.event, source: run.chain.source, finished };
  return evenOut(ports, count, { ...about, maySend: () => hold.keep() });
};

export interface Evening {
  readonly event: Envelope;
  readonly source: string;
  readonly finished: OutgoingEvent;
  /** Asked before each event; when it says no, somebody else is at it. */
  readonly maySend?: () => Promise<boolean>;
}

/**
 * Sends what Keptn's count lacks, and makes sure that it was counted. Keptn counts any number as complete, as long as there is one
 * `.finished` for each `.started`: one that was sent twice by accident needs another of the other kind.
 * @throws IoError, `maybeDone` once anything was sent: nobody must look at the count before it had the time to be counted
 */
export const evenOut = async (
  ports: ChainPorts,
  count: Extract<Count, { kind: "current" }>,
  { event, source, finished, maySend = async () => true }: Evening,
): Promise<"sent" | "lost"> => {
  const due = Math.max(1, count.started, count.finished);
  const lacking = [
    ...Array.from({ length: due - count.started }, () => makeStarted(event, source)),
    ...Array.from({ length: due - count.finished }, () => finished),
  ];
  let sent = false;
  try {
    for (const one of lacking) {
      if (!(await maySend())) {
        if (!sent) return "lost";
        // A renewal that had to be repeated looks lost as well: this process must not look again at once either.
        throw new IoError(`the claim was lost before ${one.type} was sent`, { retryable: true });
      }
      await (one === finished ? sendUnsure(ports, one) : ports.keptn.send(one));
      sent = true;
    }
    ports.told?.();
    await confirmCounted(ports, event, source);
    return "sent";
  } catch (fault) {
    throw sent && fault instanceof IoError && !isRefusedForGood(fault) ? markMaybeDone(fault) : fault;
  }
};

/** Where no good answer comes, Keptn's count will tell whether the event arrived. */
const sendUnsure = async (ports: ChainPorts, event: OutgoingEvent): Promise<void> => {
  try {
    await ports.keptn.send(event);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.maybeDone)) throw fault;
  }
};

/**
 * What Keptn took is not counted yet: shipyard-controller acknowledges what it then fails to work on, and forgets it when it
 * restarts. Nobody else would ever miss a `.finished`.
 * @throws IoError when the count is not even within a third of the lease: what was sent is to be looked at again
 */
const confirmCounted = async (ports: ChainPorts, event: Envelope, source: string): Promise<void> => {
  const untilMs = nowMs(ports) + thirdOfLeaseMs(ports);
  await ports.clock.sleep(usuallyCountedMs);
  const isCountedNow = (count: Count) => count.kind === "over" || isEven(count);
  if (isCountedNow(await askUntil(ports, () => ports.keptn.getCount(event, source), isCountedNow, untilMs))) return;
  const message = `Keptn took the finished event of ${event.id}, but did not count it`;
  throw new IoError(message, { retryable: true, maybeDone: true });
};

/** This source needs to send nothing more. */
export const isEven = ({ started, finished }: { readonly started: number; readonly finished: number }): boolean =>
  finished > 0 && finished === started;

/** 0.1 to 0.2 s were seen. */
const usuallyCountedMs = 300;

/** Nobody counts, so nothing hangs by one too many. */
const sendUncounted = async (ports: ChainPorts, run: RunState, { finished, hold }: Sending): Promise<Settled> => {
  if (!(await hold.keep())) return "lost";
  if (!run.marks.announced) await ports.keptn.send(makeStarted(run.event, run.chain.source));
  await ports.keptn.send(finished);
  return "sent";
};

/**
 * The count, once a `.started` that was sent just now had the time to be counted: Keptn counts an event some time after it took
 * it (up to 4 s seen on a real one).
 */
const countOnceSettled = (ports: ChainPorts, run: RunState): Promise<Count> => {
  const untilMs = (Date.parse(run.marks.announced ?? "") || 0) + thirdOfLeaseMs(ports);
  return askUntil(
    ports,
    () => countOf(ports, run),
    (count) => count.kind === "over" || count.started > 0,
    untilMs,
  );
};

const nowMs = ({ clock }: ChainPorts): number => clock.now().getTime();

const thirdOfLeaseMs = ({ settings }: ChainPorts): number => (settings.CLAIM_LEASE_SECONDS * 1000) / 3;
