// The time that a piece of work has, and what others may wait of it.
import { IoError } from "./io-error.ts";

/** The time that a piece of work has, all its attempts together. */
export interface Budget {
  /** On `performance.now()`'s clock. */
  readonly endsAtMs: number;
}

/** @param of a larger piece of work that this one is a part of, and ends with */
export const makeBudget = (seconds: number, of?: Budget): Budget => ({
  endsAtMs: Math.min(performance.now() + seconds * 1000, of?.endsAtMs ?? Number.POSITIVE_INFINITY),
});

/** 0 when none is left. */
export const leftMs = ({ endsAtMs }: Budget): number => Math.max(0, Math.ceil(endsAtMs - performance.now()));

/** @returns ends the wait: a timer that nobody waits for any more would be kept for all its time */
export const atEnd = (budget: Budget, giveUp: () => void): (() => void) => {
  const timer = setTimeout(giveUp, leftMs(budget)).unref();
  return () => clearTimeout(timer);
};

/**
 * Work that others wait for as well: it goes on when this budget ends.
 * @throws IoError when it ends first, and what the work throws
 */
export const withinBudget = <T>(work: Promise<T>, budget: Budget): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const forget = atEnd(budget, () => reject(new IoError("No time is left.", { retryable: true })));
  work.then(resolve, reject).finally(forget);
  return promise;
};
