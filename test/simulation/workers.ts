// Spreads worlds over processor cores: each takes the next few seeds until there are enough runs, or an invariant is broken.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { noTally, sumOf, type Tally } from "./tally.ts";

export interface Work {
  readonly fromSeed: number;
  /** At most this many; otherwise until `isEnough`. */
  readonly worlds?: number;
  /** Checked before each portion. */
  readonly isEnough?: (sofar: Tally) => boolean;
  readonly onProgress?: (sofar: Tally) => void;
  /** Name of the mistake in the handlers. */
  readonly mistake?: string;
  readonly cores?: number;
}

/** A request to a worker. */
export interface Order {
  readonly fromSeed: number;
  readonly worlds: number;
}

/** Large enough that messages cost nothing, small enough to show progress. */
const worldsAtOnce = 25;

export const spreadWorlds = async (work: Work): Promise<Tally> => {
  const { fromSeed, isEnough, onProgress, mistake, cores = availableParallelism() } = work;
  const endSeed = fromSeed + (work.worlds ?? Number.POSITIVE_INFINITY);
  let [sum, next] = [noTally, fromSeed];
  const take = (): Order | undefined => {
    const worlds = Math.min(worldsAtOnce, endSeed - next);
    if (worlds <= 0 || sum.failure || isEnough?.(sum)) return undefined;
    next += worlds;
    return { fromSeed: next - worlds, worlds };
  };
  const lanes = Array.from({ length: cores }, () =>
    serveWorker({ mistake }, take, (tally) => {
      sum = sumOf(sum, tally);
      onProgress?.(sum);
    }),
  );
  await Promise.all(lanes);
  return sum;
};

/** Caches across worlds would soon grow too large: an hour must need no more memory than a minute. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

const serveWorker = (
  workerData: { readonly mistake: string | undefined },
  take: () => Order | undefined,
  onTally: (tally: Tally) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData, resourceLimits });
    const order = (): void => {
      const portion = take();
      if (portion) worker.postMessage(portion);
      else void worker.terminate().then(() => resolve());
    };
    worker.on("error", reject);
    worker.on("message", (tally: Tally) => {
      onTally(tally);
      order();
    });
    order();
  });
