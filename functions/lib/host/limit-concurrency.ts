// Limits concurrent work; further work waits for a limited time.
import pLimit from "p-limit";
import { IoError } from "../io-error.ts";

export interface ConcurrencyLimits {
  readonly sideBySide: number;
  readonly mostWaitMs: number;
}

/** @throws IoError, retryable, if work would start too late; and errors of the work */
export const limitConcurrency = ({
  sideBySide,
  mostWaitMs,
}: ConcurrencyLimits): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const limit = pLimit(sideBySide);
  return (work) => {
    const begunMs = performance.now();
    return limit(() => {
      if (performance.now() - begunMs <= mostWaitMs) return work();
      throw new IoError(`${sideBySide} other events are in progress, and none finished in time.`, { retryable: true });
    });
  };
};
