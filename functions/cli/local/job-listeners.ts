// Notifies listeners of Job changes in order.
import type { Job } from "../../lib/core/kubernetes.ts";

/** Types are the suffixes of an ApiServerSource's event types. */
export interface JobEvent {
  readonly type: "add" | "update" | "delete";
  readonly job: Job;
}

/** Listeners may change Jobs; such changes are queued to keep the order. */
export const makeJobListeners = () => {
  const listeners = new Set<(change: JobEvent) => void>();
  const pending: JobEvent[] = [];
  let telling = false;
  const tell = (change: JobEvent): void => {
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
  const subscribe = (listener: (change: JobEvent) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return { tell, subscribe };
};
