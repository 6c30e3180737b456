// Retries temporary failures, with growing pauses, jitter and Retry-After.
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import type { Budget } from "./budget.ts";
import { IoError, markOutcomeUnknown } from "./io-error.ts";

export interface RetryPolicy {
  /** For all attempts together; without one, retries until success. */
  readonly budget?: Budget;
  /** Default 200. Each pause is at most twice the previous one. */
  readonly firstPauseMs?: number;
  /** Default 3000. */
  readonly longestPauseMs?: number;
  /** Called after a retryable failure; the first attempt is number 1. */
  readonly mayRepeat?: (fault: IoError, attemptNumber: number) => boolean | Promise<boolean>;
  /** Cancels, also during a pause. */
  readonly signal?: AbortSignal;
}

/** Minimum time for an attempt. A shorter one would only leave open whether it took effect. */
const attemptMs = 250;
/** Limit of Retry-After without a budget. */
const longestRetryAfterSeconds = 60;

/**
 * The attempt itself must end with the budget; a late success still counts.
 * @throws the last failure, if another attempt is pointless or there is no time; `outcomeUnknown` if any attempt was
 */
export const retry = async <T>(attempt: () => Promise<T>, policy: RetryPolicy = {}): Promise<T> => {
  const { budget, firstPauseMs = 200, longestPauseMs = 3000, mayRepeat = () => true, signal } = policy;
  let outcomeUnknown = false;
  const shouldRetry = async (error: Error, attemptNumber: number, delayMs: number): Promise<boolean> => {
    if (!(error instanceof IoError)) return false;
    outcomeUnknown ||= error.outcomeUnknown;
    const mostSeconds = budget ? Number.POSITIVE_INFINITY : longestRetryAfterSeconds;
    const pauseMs = Math.min(error.retryAfterSeconds ?? 0, mostSeconds) * 1000;
    const isInTime = !budget || performance.now() + pauseMs + delayMs + attemptMs <= budget.endsAtMs;
    if (!error.retryable || !isInTime || !(await mayRepeat(error, attemptNumber))) return false;
    await sleep(pauseMs, undefined, { signal });
    return true;
  };
  return pRetry(attempt, {
    ...{ retries: Number.POSITIVE_INFINITY, minTimeout: firstPauseMs, factor: 2, maxTimeout: longestPauseMs },
    ...{ randomize: true, signal },
    shouldRetry: ({ error, attemptNumber, retryDelay }) => shouldRetry(error, attemptNumber, retryDelay),
  }).catch((error) => {
    throw outcomeUnknown && error instanceof IoError ? markOutcomeUnknown(error) : error;
  });
};
