// Lets attempts through side by side while Keptn accepts who we are, and one at a time once it refused.
import pLimit from "p-limit";
import { atEnd, type Budget, leftMs } from "../budget.ts";
import { IoError } from "../io-error.ts";

/** @throws IoError, and what the attempt throws; when the budget ends before its turn comes, it is not made */
export type Gate = <T>(attempt: () => Promise<T>, budget: Budget) => Promise<T>;

/**
 * Two wrong tokens within a second, and Keptn answers everything from this address with 429, the right token too
 * (api/middleware/ratelimiter.go).
 */
export const makeGate = (): Gate => {
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
    return refused ? inTurn(oneByOne, run, budget) : run();
  };
};

const inTurn = <T>(
  oneByOne: (run: () => Promise<void>) => Promise<void>,
  run: () => Promise<T>,
  budget: Budget,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = () =>
      reject(new IoError("Keptn refuses our credentials, and no time is left.", { retryable: true }));
    const forget = atEnd(budget, giveUp);
    void oneByOne(async () => {
      forget();
      if (leftMs(budget) === 0) giveUp();
      else await run().then(resolve, reject);
    });
  });
