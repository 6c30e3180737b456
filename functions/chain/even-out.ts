// Makes Keptn's count of started and finished events come out even.
import { makeStarted } from "../core/answer.ts";
import type { Envelope } from "../core/keptn-event.ts";
import type { OutgoingEvent } from "../core/outgoing-event.ts";
import { IoError, markMaybeDone } from "../io/io-error.ts";
import type { Count } from "../io/keptn.ts";
import { askUntil, type Current, haveStarted, isEven, isRefusedForGood, ofSource, thirdOfLeaseMs } from "./count.ts";
import { type ChainPorts, nowMs } from "./ports.ts";

export interface Evening {
  readonly event: Envelope;
  /** Whose answers are sent here. */
  readonly answers: readonly SourceAnswer[];
  /** Sources of the other runs of the event: their `.started` have to be counted before any `.finished` goes out. */
  readonly siblings: readonly string[];
  /** Asked before each event; when it says no, somebody else is at it. */
  readonly maySend?: () => Promise<boolean>;
}

export interface SourceAnswer {
  readonly source: string;
  readonly finished: OutgoingEvent;
}

/**
 * Sends what Keptn's count lacks, and makes sure that it was counted. Keptn counts any number as complete, as long as there is one
 * `.finished` for each `.started`: one that was sent twice by accident needs another of the other kind. And since it does not ask
 * whose they are, the first `.finished` goes out once a `.started` was counted of every run that answers.
 * @throws IoError, `maybeDone` once anything was sent: nobody must look at the count before it had the time to be counted
 */
export const evenOut = async (
  ports: ChainPorts,
  count: Current,
  evening: Evening,
): Promise<"sent" | "lost" | "over"> => {
  const { event, answers, maySend = async () => true } = evening;
  let sent = false;
  /** @returns false when somebody else is at it */
  const send = async (one: OutgoingEvent, how: (ports: ChainPorts, one: OutgoingEvent) => Promise<void>) => {
    if (!(await maySend())) {
      if (!sent) return false;
      // A renewal that had to be repeated looks lost as well: this process must not look again at once either.
      throw new IoError(`the claim was lost before ${one.type} was sent`, { retryable: true });
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

/** How many of each kind Keptn has to count of this source. */
const dueOf = (count: Current, source: string): number => {
  const { started, finished } = ofSource(count, source);
  return Math.max(1, started, finished);
};

const sendSurely = (ports: ChainPorts, event: OutgoingEvent): Promise<void> => ports.keptn.send(event);

/** Where no good answer comes, Keptn's count will tell whether the event arrived. */
const sendUnsure = async (ports: ChainPorts, event: OutgoingEvent): Promise<void> => {
  try {
    await ports.keptn.send(event);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.maybeDone)) throw fault;
  }
};

/**
 * A run without siblings need not wait: nobody else's answers complete its task.
 * @returns false when Keptn no longer waits
 * @throws IoError when some `.started` was not counted within a third of the lease
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
  const message = `Keptn has not counted the started event of ${missing.join(", ")}: no run of event ${event.id} is reported yet`;
  throw new IoError(message, { retryable: true });
};

/**
 * What Keptn took is not counted yet: shipyard-controller acknowledges what it then fails to work on, and forgets it when it
 * restarts. Nobody else would ever miss a `.finished`.
 * @throws IoError when the count is not even within a third of the lease: what was sent is to be looked at again
 */
const confirmCounted = async (ports: ChainPorts, { event, answers }: Evening): Promise<void> => {
  const untilMs = nowMs(ports) + thirdOfLeaseMs(ports);
  await ports.clock.sleep(usuallyCountedMs);
  const isCountedNow = (count: Count) =>
    count.kind === "over" ? !count.unknown : answers.every(({ source }) => isEven(ofSource(count, source)));
  const ask = () => ports.keptn.getCount(event, answers[0]?.source ?? "");
  if (isCountedNow(await askUntil(ports, ask, isCountedNow, untilMs))) return;
  const message = `Keptn took the finished event of ${event.id}, but did not count it`;
  throw new IoError(message, { retryable: true, maybeDone: true });
};

/** 0.1 to 0.2 s were seen. */
const usuallyCountedMs = 300;
