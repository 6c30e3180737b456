// The sweep's timer in memory.
import type { RunScope } from "../../functions/lib/core/run/run-scope.ts";
import type { Timer, TimerSeen } from "../../functions/lib/kubernetes/ports.ts";

export interface MemoryTimer extends Timer {
  exists(): boolean;
}

/** @param scope noted with each touch */
export const makeMemoryTimer = (scope?: RunScope): MemoryTimer => {
  let timer: TimerSeen | undefined;
  let version = 0;
  return {
    exists: () => timer !== undefined,
    touch: async (now) => {
      timer = { touchedAt: now, resourceVersion: String(++version), scopes: scope ? [scope] : [] };
      return now;
    },
    read: async () => timer,
    remove: async (resourceVersion) => {
      if (timer?.resourceVersion === resourceVersion) timer = undefined;
    },
  };
};
