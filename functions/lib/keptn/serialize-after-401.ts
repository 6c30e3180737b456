// Lets attempts run concurrently while Keptn accepts our credentials, and one at a time after it rejected them.
import pLimit from "p-limit";
import { atEnd, type Budget, leftMs } from "../budget.ts";
import { IoError } from "../io-error.ts";

/** @throws IoError if the budget ends before the attempt starts, and errors of the attempt */
export type Serialize = <T>(attempt: () => Promise<T>, budget: Budget) => Promise<T>;

/**
 * After two invalid tokens within a second, Keptn responds with 429 to everything from this address, even with a valid token
 * (api/middleware/ratelimiter.go).
 */
export const serializeAfter401 = (): Serialize => {
  const oneByOne = pLimit(1);
  let refused = false;
  return (attempt, budget) => {
    const run = async () => {
      try {
        const result = await attempt();
        refused = false;
        return result;
      } catch (error) {
        if (error instanceof IoError && error.httpStatus === 401) refused = true;
        throw error;
      }
    };
    return refused ? runAlone(oneByOne, run, budget) : run();
  };
};

const runAlone = <T>(
  oneByOne: (run: () => Promise<void>) => Promise<void>,
  run: () => Promise<T>,
  budget: Budget,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () =>
      reject(new IoError("Keptn rejects our credentials, and the time budget is used up.", { retryable: true }));
    const forget = atEnd(budget, giveUp);
    void oneByOne(async () => {
      forget();
      if (leftMs(budget) === 0) giveUp();
      else await run().then(resolve, reject);
    });
  });
