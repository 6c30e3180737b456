// Shares one touch of the timer and of the watch among the events of a few seconds: each costs two webhook calls and a reconciliation.
import type { JobWatch, Timer } from "../lib/kubernetes/ports.ts";

/** A quarter of the time that start-job may take from the touch to its Jobs (in-time.ts). */
const reusedMs = 5000;
/** Pause between two reads of a delivery that waits for the watch. */
export const betweenReadsMs = 250;
/** Shorter than that pause, so that each read of a delivery is a fresh one. */
const readAgainMs = 200;

/** Deliveries count from the time of the touch that they share, so their Jobs are created in time or not at all. */
export const throttleTouch = (timer: Timer): Timer => ({
  ...timer,
  touch: shareFor(reusedMs, (now) => timer.touch(now)),
});

/** Waiting deliveries share one read. */
export const throttleWatch = (watch: JobWatch, now: () => Date): JobWatch => {
  const read = shareFor(readAgainMs, () => watch.read());
  return { ...watch, touch: shareFor(reusedMs, (at) => watch.touch(at)), read: () => read(now()) };
};

/** @returns calls `act`, or returns its last result within this time; failures are not kept */
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
