// One touch of the timer and of the watch for all events of a few seconds: each costs Knative two calls of its webhook and a reconciliation.
import type { JobWatch, Timer } from "../io/kubernetes/ports.ts";

/** A quarter of what a start-job may take from the touch to its Jobs (start-run.ts). */
const reusedMs = 5000;
/** Between two reads of one delivery that waits for the watch. */
export const betweenReadsMs = 250;
/** Shorter than that, so that each read of a delivery is a new one. */
const readAgainMs = 200;

/** Whoever gets an earlier touch counts from that one: its Jobs come in time, or not at all. */
export const touchSparingly = (timer: Timer): Timer => ({
  ...timer,
  touch: shareFor(reusedMs, (now) => timer.touch(now)),
});

/** All deliveries that wait for it read it together. */
export const watchSparingly = (watch: JobWatch, now: () => Date): JobWatch => {
  const read = shareFor(readAgainMs, () => watch.read());
  return { ...watch, touch: shareFor(reusedMs, (at) => watch.touch(at)), read: () => read(now()) };
};

/** @returns does it, or gives what it gave within this time; a failure is not kept */
const shareFor = <T>(forMs: number, act: (now: Date) => Promise<T>): ((now: Date) => Promise<T>) => {
  let last: { readonly at: Date; readonly done: Promise<T> } | undefined;
  return async (now) => {
    if (last && Math.abs(now.getTime() - last.at.getTime()) <= forMs) return last.done;
    const doing = { at: now, done: act(now) };
    last = doing;
    try {
      return await doing.done;
    } catch (fault) {
      if (last === doing) last = undefined;
      throw fault;
    }
  };
};
