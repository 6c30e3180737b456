// Lets real promises settle between two steps of virtual time.
import { setImmediate } from "node:timers/promises";

export interface Settling {
  readonly pending: number;
  readonly ended: boolean;
}

/**
 * What a process does between two calls runs in microtasks: when a callback of `process.nextTick` runs, they have all run.
 * Only the first import of a module takes longer.
 */
export const makeSettle = () => {
  const stirred = new Set<Settling>();
  const isBusy = ({ pending, ended }: Settling): boolean => pending === 0 && !ended;
  const rest = async (): Promise<void> => {
    for (let tries = 0; stirred.size > 0; tries++) {
      await (tries < 20 ? tick() : setImmediate());
      if (tries > 10_000) throw new Error("a handler waits for something that the simulation knows nothing of");
      for (const process of stirred) {
        if (!isBusy(process)) stirred.delete(process);
      }
    }
  };
  return {
    stir: (process: Settling): void => void stirred.add(process),
    settle: (): Promise<void> | undefined => (stirred.size > 0 ? rest() : undefined),
  };
};

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
