// Tries again what failed for a passing reason: with backoff, jitter and Retry-After, inside a time budget.
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { IoError, markMaybeDone } from "./io-error.ts";

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

/** What an attempt needs at least: one that is cut off only leaves open whether it took effect. */
const attemptMs = 250;

/** Asked after a retryable failure: may it be tried again? */
export type MayRepeat = (fault: IoError) => boolean | Promise<boolean>;

/**
 * To end with the budget is the attempt's own: one that succeeds in the last moment has succeeded.
 * @throws the last failure, when there is no sense or no time in another attempt; `maybeDone` if any attempt was
 */
export const withRetries = async <T>(
  attempt: () => Promise<T>,
  budget: Budget,
  mayRepeat: MayRepeat = () => true,
): Promise<T> => {
  let maybeDone = false;
  const shouldRetry = async (error: Error, delayMs: number): Promise<boolean> => {
    if (!(error instanceof IoError)) return false;
    maybeDone ||= error.maybeDone;
    const pauseMs = (error.retryAfterSeconds ?? 0) * 1000;
    if (!error.retryable || performance.now() + pauseMs + delayMs + attemptMs > budget.endsAtMs) return false;
    if (!(await mayRepeat(error))) return false;
    await sleep(pauseMs);
    return true;
  };
  return pRetry(attempt, {
    ...{ retries: 50, minTimeout: 200, factor: 2, maxTimeout: 3000, randomize: true },
    shouldRetry: ({ error, retryDelay }) => shouldRetry(error, retryDelay),
  }).catch((error) => {
    throw maybeDone && error instanceof IoError ? markMaybeDone(error) : error;
  });
};
