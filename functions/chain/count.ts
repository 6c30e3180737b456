// What Keptn has counted of an event's answers: asked until it had the time to count.
import type { Envelope } from "../core/keptn-event.ts";
import type { RunState } from "../core/run-state.ts";
import { IoError } from "../io/io-error.ts";
import type { Count, SourceCount } from "../io/keptn.ts";
import { type ChainPorts, nowMs } from "./ports.ts";

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
 * As {@link countFor}, where no Job can note that Keptn said "over": it is asked a second time, some seconds later. One such answer
 * alone can come of a Keptn that has just lost sight of its sequences.
 */
export const countForSure = async (ports: ChainPorts, event: Envelope, source: string): Promise<Count> => {
  const count = await countFor(ports, event, source);
  if (count.kind === "current") return count;
  await ports.clock.sleep(askedAgainMs);
  return countFor(ports, event, source);
};

/** Between two questions of one delivery to a Keptn that says "over", or "not there". */
export const askedAgainMs = 5000;

/**
 * Asks Keptn twice a second until the answer is good, or was asked for at `untilMs`. Once it answered, a question that fails is as
 * good as one that was not asked: with every one of them a look at a run would fail where few calls of many do.
 */
export const askUntil = async <T>(
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

export type Current = Extract<Count, { kind: "current" }>;

export const ofSource = ({ bySource }: Current, source: string): SourceCount =>
  bySource.get(source) ?? { started: 0, finished: 0 };

/** Whether Keptn counted a `.started` of each of them. */
export const haveStarted = (count: Current, sources: readonly string[]): boolean =>
  sources.every((source) => ofSource(count, source).started > 0);

/** This source needs to send nothing more. */
export const isEven = ({ started, finished }: SourceCount): boolean => finished > 0 && finished === started;

export const thirdOfLeaseMs = ({ settings }: ChainPorts): number => (settings.CLAIM_LEASE_SECONDS * 1000) / 3;
