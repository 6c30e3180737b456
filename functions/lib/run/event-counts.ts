// Keptn's count of an event's `.started` and `.finished`: polled until Keptn had time to count.
import type { Envelope } from "../core/event/keptn-event.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import type { EventCounts, SourceCounts } from "../keptn/ports.ts";
import { nowMs, type ReconcilePorts } from "./ports.ts";

/** Keptn will never accept it. A missing permission (401, 403) can still be granted. */
export const isRefusedForGood = (fault: unknown): fault is IoError =>
  fault instanceof IoError && [400, 413, 422].includes(fault.httpStatus ?? 0);

export const getEventCounts = (ports: ReconcilePorts, run: RunState): Promise<EventCounts> =>
  getCountsOf(ports, run.event, run.spec.source);

/**
 * Keptn's count. An event can arrive here shortly before Keptn makes it the current task. It is then open but looks over, so this
 * function waits.
 */
const getCountsOf = async (ports: ReconcilePorts, event: Envelope, source: string): Promise<EventCounts> => {
  const query = async () => {
    const count = await ports.keptn.getEventCounts(event, source);
    return { count, settled: count.kind === "current" || !(await ports.keptn.isOpen(event)) };
  };
  return (await askUntil(ports, query, ({ settled }) => settled)).count;
};

/**
 * As {@link getCountsOf}, for cases without a Job to note an "over" on: Keptn is asked again some seconds later. A single "over" can come
 * from a Keptn that temporarily does not see its sequences.
 */
export const getConfirmedCounts = async (
  ports: ReconcilePorts,
  event: Envelope,
  source: string,
): Promise<EventCounts> => {
  const count = await getCountsOf(ports, event, source);
  if (count.kind === "current") return count;
  await ports.clock.sleep(askedAgainMs);
  return getCountsOf(ports, event, source);
};

/** Pause before a delivery asks again after "over" or "not there". */
export const askedAgainMs = 5000;

/**
 * Asks Keptn twice a second until the answer is good, or until `untilMs`. After the first answer, retryable errors are ignored: of many
 * calls some fail.
 */
export const askUntil = async <T>(
  ports: ReconcilePorts,
  query: () => Promise<T>,
  isGood: (answer: T) => boolean,
  untilMs = nowMs(ports) + thirdOfLeaseMs(ports),
): Promise<T> => {
  for (let answered = false; ; ) {
    const askedMs = nowMs(ports); // an answer may take long, and reflects the time of the question
    try {
      const answer = await query();
      if (isGood(answer) || askedMs >= untilMs) return answer;
      answered = true;
    } catch (fault) {
      if (!(answered && fault instanceof IoError && fault.retryable && askedMs < untilMs)) throw fault;
    }
    await ports.clock.sleep(500);
  }
};

export type CurrentCounts = Extract<EventCounts, { kind: "current" }>;

export const ofSource = ({ bySource }: CurrentCounts, source: string): SourceCounts =>
  bySource.get(source) ?? { started: 0, finished: 0 };

/** Whether Keptn counted a `.started` of each source. */
export const haveStarted = (count: CurrentCounts, sources: readonly string[]): boolean =>
  sources.every((source) => ofSource(count, source).started > 0);

/** This source needs to send nothing more. */
export const isBalanced = ({ started, finished }: SourceCounts): boolean => finished > 0 && finished === started;

export const thirdOfLeaseMs = ({ settings }: ReconcilePorts): number => (settings.CLAIM_LEASE_SECONDS * 1000) / 3;
