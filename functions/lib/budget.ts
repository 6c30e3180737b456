// Time budgets for work and for waiting on it.
import { IoError } from "./io-error.ts";

/** The time for a piece of work, including all attempts. */
export interface Budget {
  /** On `performance.now()`'s clock. */
  readonly endsAtMs: number;
}

/** @param of the enclosing budget, which this one cannot exceed */
export const makeBudget = (seconds: number, of?: Budget): Budget => ({
  endsAtMs: Math.min(performance.now() + seconds * 1000, of?.endsAtMs ?? Number.POSITIVE_INFINITY),
});

/** 0 when none is left. */
export const leftMs = ({ endsAtMs }: Budget): number => Math.max(0, Math.ceil(endsAtMs - performance.now()));

/** @returns cancels the timer, which would otherwise stay until the budget ends */
export const atEnd = (budget: Budget, giveUp: () => void): (() => void) => {
  const timer = setTimeout(giveUp, leftMs(budget)).unref();
  return () => clearTimeout(timer);
};

/**
 * Waits for shared work, which continues after this budget ends.
 * @throws IoError if the budget ends first, and errors of the work
 */
export const withinBudget = <T>(work: Promise<T>, budget: Budget): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const forget = atEnd(budget, () => reject(new IoError("The time budget is used up.", { retryable: true })));
  work.then(resolve, reject).finally(forget);
  return promise;
};
