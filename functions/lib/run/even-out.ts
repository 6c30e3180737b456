// Balances Keptn's counts of started and finished events.

import type { Envelope } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { makeStarted } from "../core/report/answer.ts";
import { IoError, markMaybeDone } from "../io-error.ts";
import type { Count } from "../keptn/keptn.ts";
import { askUntil, type Current, haveStarted, isEven, isRefusedForGood, ofSource, thirdOfLeaseMs } from "./count.ts";
import { type ChainPorts, nowMs } from "./ports.ts";

export interface Evening {
  readonly event: Envelope;
  /** The sources to answer for, with their `.finished`. */
  readonly answers: readonly SourceAnswer[];
  /** Sources of the event's other runs: their `.started` must be counted before any `.finished` is sent. */
  readonly siblings: readonly string[];
  /** Called before each event. False: another delivery holds the lease. */
  readonly maySend?: () => Promise<boolean>;
}

export interface SourceAnswer {
  readonly source: string;
  readonly finished: OutgoingEvent;
}

/**
 * Sends the events that Keptn's count lacks, and confirms that they were counted. Keptn takes a task as complete when there is one
 * `.finished` for each `.started`, so an event that was sent twice needs a second one of the other kind. Keptn ignores sources here, so
 * the first `.finished` is sent only when a `.started` of every run was counted.
 * @throws IoError, `maybeDone` once anything was sent: Keptn needs time to count it
 */
export const evenOut = async (
  ports: ChainPorts,
  count: Current,
  evening: Evening,
): Promise<"sent" | "lost" | "over"> => {
  const { event, answers, maySend = async () => true } = evening;
  let sent = false;
  /** @returns false when another delivery holds the lease */
  const send = async (one: OutgoingEvent, how: (ports: ChainPorts, one: OutgoingEvent) => Promise<void>) => {
    if (!(await maySend())) {
      if (!sent) return false;
      // A repeated renewal also looks lost: this process must not look again at once either.
      throw new IoError(`the lease was lost before ${one.type} was sent`, { retryable: true });
    }
    await how(ports, one);
    sent = true;
    return true;
  };
  try {
    for (const { source } of answers) {
      const lacking = dueOf(count, source) - ofSource(count, source).started;
      for (let i = 0; i < lacking; i++) if (!(await send(makeStarted(event, source), sendSurely))) return "lost";
    }
    if (!(await haveAllStarted(ports, count, evening))) {
      if (!sent) return "over";
      throw new IoError(`Keptn no longer waits for ${event.id}`, { retryable: true });
    }
    for (const { source, finished } of answers) {
      const lacking = dueOf(count, source) - ofSource(count, source).finished;
      for (let i = 0; i < lacking; i++) if (!(await send(finished, sendUnsure))) return "lost";
    }
    ports.told?.();
    await confirmCounted(ports, evening);
    return "sent";
  } catch (fault) {
    throw sent && fault instanceof IoError && !isRefusedForGood(fault) ? markMaybeDone(fault) : fault;
  }
};

/** How many events of each kind Keptn must count for this source. */
const dueOf = (count: Current, source: string): number => {
  const { started, finished } = ofSource(count, source);
  return Math.max(1, started, finished);
};

const sendSurely = (ports: ChainPorts, event: OutgoingEvent): Promise<void> => ports.keptn.send(event);

/** If the outcome is unknown, Keptn's count shows later whether the event arrived. */
const sendUnsure = async (ports: ChainPorts, event: OutgoingEvent): Promise<void> => {
  try {
    await ports.keptn.send(event);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.maybeDone)) throw fault;
  }
};

/**
 * A run without siblings need not wait: no other events complete its task.
 * @returns false when Keptn no longer waits
 * @throws IoError when a `.started` was not counted within a third of the lease
 */
const haveAllStarted = async (
  ports: ChainPorts,
  count: Current,
  { event, answers, siblings }: Evening,
): Promise<boolean> => {
  const sources = [...answers.map(({ source }) => source), ...siblings];
  if (sources.length === 1 || haveStarted(count, sources)) return true;
  const ask = () => ports.keptn.getCount(event, sources[0] ?? "");
  const now = await askUntil(ports, ask, (asked) => asked.kind === "current" && haveStarted(asked, sources));
  if (now.kind === "over") return false;
  const missing = sources.filter((source) => ofSource(now, source).started === 0);
  if (missing.length === 0) return true;
  const message = `Keptn has not counted the started event of ${missing.join(", ")}: no run of event ${event.id} can be reported yet`;
  throw new IoError(message, { retryable: true });
};

/**
 * An accepted event is not yet counted: shipyard-controller acknowledges events before it processes them, and loses them when it fails
 * or restarts. Nothing else would notice a missing `.finished`.
 * @throws IoError when the count is not balanced within a third of the lease: the run is looked at again
 */
const confirmCounted = async (ports: ChainPorts, { event, answers }: Evening): Promise<void> => {
  const untilMs = nowMs(ports) + thirdOfLeaseMs(ports);
  await ports.clock.sleep(usuallyCountedMs);
  const isCountedNow = (count: Count) =>
    count.kind === "over" ? !count.unknown : answers.every(({ source }) => isEven(ofSource(count, source)));
  const ask = () => ports.keptn.getCount(event, answers[0]?.source ?? "");
  if (isCountedNow(await askUntil(ports, ask, isCountedNow, untilMs))) return;
  const message = `Keptn accepted the finished event of ${event.id} but did not count it`;
  throw new IoError(message, { retryable: true, maybeDone: true });
};

/** Observed: 0.1 to 0.2 s. */
const usuallyCountedMs = 300;
