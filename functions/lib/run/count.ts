// Keptn's count of an event's `.started` and `.finished`: polled until Keptn had time to count.
import type { Envelope } from "../core/event/keptn-event.ts";
import type { RunState } from "../core/run/run-state.ts";
import { IoError } from "../io-error.ts";
import type { Count, SourceCount } from "../keptn/keptn.ts";
import { type ChainPorts, nowMs } from "./ports.ts";

/** Keptn will never accept it. A missing permission (401, 403) can still be granted. */
export const isRefusedForGood = (fault: unknown): fault is IoError =>
  fault instanceof IoError && [400, 413, 422].includes(fault.httpStatus ?? 0);

export const countOf = (ports: ChainPorts, run: RunState): Promise<Count> =>
  countFor(ports, run.event, run.chain.source);

/**
 * Keptn's count. An event can arrive here shortly before Keptn makes it the current task. It is then open but looks over, so this
 * function waits.
 */
export const countFor = async (ports: ChainPorts, event: Envelope, source: string): Promise<Count> => {
  const ask = async () => {
    const count = await ports.keptn.getCount(event, source);
    return { count, settled: count.kind === "current" || !(await ports.keptn.isOpen(event)) };
  };
  return (await askUntil(ports, ask, ({ settled }) => settled)).count;
};

/**
 * As {@link countFor}, for cases without a Job to note an "over" on: Keptn is asked again some seconds later. A single "over" can come
 * from a Keptn that temporarily does not see its sequences.
 */
export const countForSure = async (ports: ChainPorts, event: Envelope, source: string): Promise<Count> => {
  const count = await countFor(ports, event, source);
  if (count.kind === "current") return count;
  await ports.clock.sleep(askedAgainMs);
  return countFor(ports, event, source);
};

/** Pause before a delivery asks again after "over" or "not there". */
export const askedAgainMs = 5000;

/**
 * Asks Keptn twice a second until the answer is good, or until `untilMs`. After the first answer, retryable errors are ignored: of many
 * calls some fail.
 */
export const askUntil = async <T>(
  ports: ChainPorts,
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  untilMs = nowMs(ports) + thirdOfLeaseMs(ports),
): Promise<T> => {
  for (let answered = false; ; ) {
    const askedMs = nowMs(ports); // an answer may take long, and reflects the time of the question
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

/** Whether Keptn counted a `.started` of each source. */
export const haveStarted = (count: Current, sources: readonly string[]): boolean =>
  sources.every((source) => ofSource(count, source).started > 0);

/** This source needs to send nothing more. */
export const isEven = ({ started, finished }: SourceCount): boolean => finished > 0 && finished === started;

export const thirdOfLeaseMs = ({ settings }: ChainPorts): number => (settings.CLAIM_LEASE_SECONDS * 1000) / 3;
