// One touch of the sweep's timer for all events of a few seconds: each costs Knative two calls of its webhook and a reconciliation.
import type { Timer } from "../io/kubernetes/ports.ts";

/** A quarter of what a start-job may take from the touch to its Jobs (start-run.ts). */
const reusedMs = 5000;

/** Whoever gets an earlier touch counts from that one: its Jobs come in time, or not at all. */
export const touchSparingly = (timer: Timer): Timer => {
  let last: { readonly at: Date; readonly done: Promise<Date> } | undefined;
  return {
    ...timer,
    touch: async (now) => {
      if (last && Math.abs(now.getTime() - last.at.getTime()) <= reusedMs) return last.done;
      const touching = { at: now, done: timer.touch(now) };
      last = touching;
      try {
        return await touching.done;
      } catch (fault) {
        if (last === touching) last = undefined;
        throw fault;
      }
    },
  };
};
