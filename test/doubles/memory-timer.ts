// The sweep's timer in memory.
import type { Timer } from "../../functions/io/kubernetes/ports.ts";

export interface MemoryTimer extends Timer {
  exists(): boolean;
}

export const makeMemoryTimer = (): MemoryTimer => {
  let timer: Awaited<ReturnType<Timer["read"]>>;
  let version = 0;
  return {
    exists: () => timer !== undefined,
    touch: async (now) => {
      timer = { touchedAt: now, resourceVersion: String(++version) };
      return now;
    },
    read: async () => timer,
    remove: async (resourceVersion) => {
      if (timer?.resourceVersion === resourceVersion) timer = undefined;
    },
  };
};
