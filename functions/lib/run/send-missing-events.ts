// Balances Keptn's counts of started and finished events.
import type { Envelope } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { makeStarted } from "../core/report/finished-event.ts";
import { IoError, markOutcomeUnknown } from "../io-error.ts";
import type { EventCounts } from "../keptn/ports.ts";
import {
  askUntil,
  type CurrentCounts,
  haveStarted,
  isBalanced,
  isRefusedForGood,
  ofSource,
  thirdOfLeaseMs,
} from "./event-counts.ts";
import { nowMs, type ReconcilePorts } from "./ports.ts";

export interface MissingEvents {
  readonly event: Envelope;
  /** The sources to answer for, with their `.finished`. */
  readonly finishedEvents: readonly SourceFinished[];
  /** Sources of the event's other runs: their `.started` must be counted before any `.finished` is sent. */
  readonly siblings: readonly string[];
  /** Called before each event. False: another delivery holds the lease. */
  readonly maySend?: () => Promise<boolean>;
}

export interface SourceFinished {
  readonly source: string;
  readonly finished: OutgoingEvent;
}

/**
 * Sends the events that Keptn's count lacks, and confirms that they were counted. Keptn takes a task as complete when there is one
 * `.finished` for each `.started`, so an event that was sent twice needs a second one of the other kind. Keptn ignores sources here, so
 * the first `.finished` is sent only when a `.started` of every run was counted.
 * @throws IoError, `outcomeUnknown` once anything was sent: Keptn needs time to count it
 */
export const sendMissingEvents = async (
  ports: ReconcilePorts,
  count: CurrentCounts,
  missing: MissingEvents,
): Promise<"sent" | "lost" | "over"> => {
  const { event, finishedEvents, maySend = async () => true } = missing;
  let sent = false;
  /** @returns false when another delivery holds the lease */
  const send = async (one: OutgoingEvent, how: (ports: ReconcilePorts, one: OutgoingEvent) => Promise<void>) => {
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
    for (const { source } of finishedEvents) {
      const lacking = dueOf(count, source) - ofSource(count, source).started;
      for (let i = 0; i < lacking; i++) if (!(await send(makeStarted(event, source), sendSurely))) return "lost";
    }
    if (!(await haveAllStarted(ports, count, missing))) {
      if (!sent) return "over";
      throw new IoError(`Keptn no longer waits for ${event.id}`, { retryable: true });
    }
    for (const { source, finished } of finishedEvents) {
      const lacking = dueOf(count, source) - ofSource(count, source).finished;
      for (let i = 0; i < lacking; i++) if (!(await send(finished, sendUnsure))) return "lost";
    }
    ports.told?.();
    await confirmCounted(ports, missing);
    return "sent";
  } catch (fault) {
    throw sent && fault instanceof IoError && !isRefusedForGood(fault) ? markOutcomeUnknown(fault) : fault;
  }
};

/** How many events of each kind Keptn must count for this source. */
const dueOf = (count: CurrentCounts, source: string): number => {
  const { started, finished } = ofSource(count, source);
  return Math.max(1, started, finished);
};

const sendSurely = (ports: ReconcilePorts, event: OutgoingEvent): Promise<void> => ports.keptn.send(event);

/** If the outcome is unknown, Keptn's count shows later whether the event arrived. */
const sendUnsure = async (ports: ReconcilePorts, event: OutgoingEvent): Promise<void> => {
  try {
    await ports.keptn.send(event);
  } catch (fault) {
    if (!(fault instanceof IoError && fault.outcomeUnknown)) throw fault;
  }
};

/**
 * A run without siblings need not wait: no other events complete its task.
 * @returns false when Keptn no longer waits
 * @throws IoError when a `.started` was not counted within a third of the lease
 */
const haveAllStarted = async (
  ports: ReconcilePorts,
  count: CurrentCounts,
  { event, finishedEvents, siblings }: MissingEvents,
): Promise<boolean> => {
  const sources = [...finishedEvents.map(({ source }) => source), ...siblings];
  if (sources.length === 1 || haveStarted(count, sources)) return true;
  const query = () => ports.keptn.getEventCounts(event, sources[0] ?? "");
  const now = await askUntil(ports, query, (asked) => asked.kind === "current" && haveStarted(asked, sources));
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
const confirmCounted = async (ports: ReconcilePorts, { event, finishedEvents }: MissingEvents): Promise<void> => {
  const untilMs = nowMs(ports) + thirdOfLeaseMs(ports);
  await ports.clock.sleep(usuallyCountedMs);
  const isCountedNow = (count: EventCounts) =>
    count.kind === "over" ? !count.unknown : finishedEvents.every(({ source }) => isBalanced(ofSource(count, source)));
  const query = () => ports.keptn.getEventCounts(event, finishedEvents[0]?.source ?? "");
  if (isCountedNow(await askUntil(ports, query, isCountedNow, untilMs))) return;
  const message = `Keptn accepted the finished event of ${event.id} but did not count it`;
  throw new IoError(message, { retryable: true, outcomeUnknown: true });
};

/** Observed: 0.1 to 0.2 s. */
const usuallyCountedMs = 300;
