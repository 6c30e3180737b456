// Retries requests to Keptn for a grace period; the final error names the time.
import { makeBudget } from "../budget.ts";
import { IoError } from "../io-error.ts";
import { retry } from "../retry.ts";

export interface RetryOptions {
  readonly seconds: number;
  readonly firstPauseMs: number;
  readonly log: (line: string) => void;
}

/**
 * An invalid token stays invalid: the init container received it when it started. Further attempts would lock out every
 * other client of Keptn behind this address (api/middleware/ratelimiter.go).
 */
const isPassing = (error: unknown): error is IoError =>
  error instanceof IoError && error.retryable && error.httpStatus !== 401 && error.httpStatus !== 403;

/** @throws IoError: the last failure, with the grace period; or the first one that is not retryable */
export const retryFor = async <T>(act: () => Promise<T>, { seconds, firstPauseMs, log }: RetryOptions): Promise<T> => {
  const mayRepeat = (fault: IoError): boolean => {
    if (isPassing(fault)) log(`${fault.message} Trying again.`);
    return isPassing(fault);
  };
  try {
    return await retry(act, { budget: makeBudget(seconds), firstPauseMs, longestPauseMs: 5000, mayRepeat });
  } catch (error) {
    if (!isPassing(error)) throw error;
    const { message, httpStatus } = error;
    const tried = `${message} Tried for ${seconds} s (FILES_GRACE_SECONDS).`;
    throw new IoError(tried, { retryable: true, cause: error, httpStatus });
  }
};
