// The ApiServerSource in memory: ready when the test says so.
import type { JobWatch, WatchSeen } from "../../functions/lib/kubernetes/ports.ts";

export interface MemoryWatch extends JobWatch {
  exists(): boolean;
  /** How it is seen from now on. */
  set(how: { readonly isReady?: boolean; readonly isGoing?: boolean }): void;
  /** Somebody, or Knative, takes it away. */
  vanish(): void;
  /** `touch`, `read`, …, in their order. */
  readonly calls: readonly string[];
  /** What each call does before anything else. */
  onCall: (call: string) => void;
}

export const makeMemoryWatch = (): MemoryWatch => {
  let seen: WatchSeen | undefined;
  let version = 0;
  let how = { isReady: false, isGoing: false };
  const calls: string[] = [];
  const note = (call: string): void => {
    calls.push(call);
    watch.onCall(call);
  };
  const put = (touchedAt: Date): WatchSeen => {
    seen = { touchedAt, resourceVersion: String(++version), ...how };
    return seen;
  };
  const watch: MemoryWatch = {
    calls,
    onCall: () => {},
    exists: () => seen !== undefined,
    set: (given) => {
      how = { ...how, ...given };
      if (seen) seen = { ...seen, ...how };
    },
    vanish: () => {
      seen = undefined;
      how = { isReady: false, isGoing: false };
    },
    touch: async (now) => {
      note("touch");
      return put(now);
    },
    read: async () => {
      note("read");
      return seen;
    },
    renew: async (now, resourceVersion) => {
      note("renew");
      if (seen?.resourceVersion === resourceVersion) put(now);
    },
    remove: async (resourceVersion) => {
      note("remove");
      if (seen && seen.resourceVersion !== resourceVersion) return "stale";
      seen = undefined;
      return "done";
    },
    rehearse: async () => note("rehearse"),
  };
  return watch;
};
