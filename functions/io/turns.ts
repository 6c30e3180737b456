// Lets so many pieces of work go on side by side; the others wait for their turn, but not for ever.
import pLimit from "p-limit";
import { IoError } from "./io-error.ts";

export interface TurnLimits {
  readonly sideBySide: number;
  readonly mostWaitMs: number;
}

/** @throws IoError, retryable, instead of beginning too late; and what the work throws */
export const makeTurns = ({ sideBySide, mostWaitMs }: TurnLimits): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const limit = pLimit(sideBySide);
  return (work) => {
    const begunMs = performance.now();
    return limit(() => {
      if (performance.now() - begunMs <= mostWaitMs) return work();
      throw new IoError(`${sideBySide} other events took all the time.`, { retryable: true });
    });
  };
};
