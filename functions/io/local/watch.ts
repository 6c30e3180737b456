// Tells listeners what happened to Jobs, in the order in which it happened.
import type { Job } from "../../core/kubernetes.ts";

/** Types as an ApiServerSource ends its event types with. */
export interface WatchChange {
  readonly type: "add" | "update" | "delete";
  readonly job: Job;
}

/** Listeners may change Jobs themselves: what follows from that is told after what came before it. */
export const makeWatch = () => {
  const listeners = new Set<(change: WatchChange) => void>();
  const pending: WatchChange[] = [];
  let telling = false;
  const tell = (change: WatchChange): void => {
    pending.push(structuredClone(change));
    if (telling) return;
    telling = true;
    try {
      for (let next = pending.shift(); next; next = pending.shift()) {
        for (const listener of listeners) listener(structuredClone(next));
      }
    } finally {
      telling = false;
    }
  };
  const subscribe = (listener: (change: WatchChange) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return { tell, subscribe };
};
