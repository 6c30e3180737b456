// Tries again what failed for a passing reason: with backoff, jitter and Retry-After, inside a time budget.
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { IoError, markMaybeDone } from "./io-error.ts";

/** The time that a piece of work has, all its attempts together. */
export interface Budget {
  /** Ends an attempt that is under way. Made when it is first asked for: most work ends long before its time. */
  readonly signal: AbortSignal;
  /** On `performance.now()`'s clock. */
  readonly endsAtMs: number;
}

/** @param of a larger piece of work that this one is a part of, and ends with */
export const makeBudget = (seconds: number, of?: Budget): Budget => {
  const endsAtMs = Math.min(performance.now() + seconds * 1000, of?.endsAtMs ?? Number.POSITIVE_INFINITY);
  let signal: AbortSignal | undefined;
  return {
    endsAtMs,
    get signal() {
      signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(endsAtMs - performance.now())));
      return signal;
    },
  };
};

/**
 * Work that others wait for as well: it goes on when this budget ends.
 * @throws IoError when it ends first, and what the work throws
 */
export const withinBudget = <T>(work: Promise<T>, { signal }: Budget): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const giveUp = () => reject(new IoError("No time is left.", { retryable: true }));
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  return promise;
};

/** What an attempt needs at least: one that is cut off only leaves open whether it took effect. */
const attemptMs = 250;

/** Asked after a retryable failure: may it be tried again? */
export type MayRepeat = (fault: IoError) => boolean | Promise<boolean>;

/**
 * The budget's signal is the attempt's to obey: an attempt that succeeds in the last moment has succeeded.
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
