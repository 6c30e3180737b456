// Tries again what failed for a passing reason: with growing pauses, jitter and Retry-After.
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import type { Budget } from "./budget.ts";
import { IoError, markMaybeDone } from "./io-error.ts";

export interface RetryPolicy {
  /** All attempts together; without one it is tried until it succeeds. */
  readonly budget?: Budget;
  /** 200 unless told. Each pause is up to twice the one before. */
  readonly firstPauseMs?: number;
  /** 3000 unless told. */
  readonly longestPauseMs?: number;
  /** Asked after a retryable failure; the first attempt is number 1. */
  readonly mayRepeat?: (fault: IoError, attemptNumber: number) => boolean | Promise<boolean>;
  /** Gives up, also in the middle of a pause. */
  readonly signal?: AbortSignal;
}

/** What an attempt needs at least: one that is cut off only leaves open whether it took effect. */
const attemptMs = 250;
/** Who has no budget is patient, but not for as long as any server asks. */
const longestRetryAfterSeconds = 60;

/**
 * To end with the budget is the attempt's own: one that succeeds in the last moment has succeeded.
 * @throws the last failure, when there is no sense or no time in another attempt; `maybeDone` if any attempt was
 */
export const retry = async <T>(attempt: () => Promise<T>, policy: RetryPolicy = {}): Promise<T> => {
  const { budget, firstPauseMs = 200, longestPauseMs = 3000, mayRepeat = () => true, signal } = policy;
  let maybeDone = false;
  const shouldRetry = async (error: Error, attemptNumber: number, delayMs: number): Promise<boolean> => {
    if (!(error instanceof IoError)) return false;
    maybeDone ||= error.maybeDone;
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
    throw maybeDone && error instanceof IoError ? markMaybeDone(error) : error;
  });
};
