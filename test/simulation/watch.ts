// The ApiServerSource: it takes seconds until its adapter lists, never reports what happened before that, and somebody may delete it.
import type { WatchSeen } from "../../functions/lib/kubernetes/ports.ts";
import { type Chance, skewed } from "./chance.ts";
import type { Scheduler } from "./scheduler.ts";

export interface SimulatedWatch {
  /** Creates or updates it, even while it is being deleted. */
  touch(now: Date): WatchSeen;
  read(): WatchSeen | undefined;
  renew(now: Date, resourceVersion: string): void;
  remove(resourceVersion: string): "done" | "stale";
  /** Whether it exists and is not being deleted. */
  exists(): boolean;
  /** Whether its adapter sees a change that happens now. */
  isListing(): boolean;
}

export interface WatchPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly onCreate: () => void;
  /** @param touchedMs how long ago a start-job touched it */
  readonly onRemove: (touchedMs: number) => void;
  readonly tell: (text: () => string) => void;
}

interface Life {
  readonly touchedAt: Date;
  readonly resourceVersion: string;
  readonly listsAtMs: number;
  readonly readyAtMs: number;
  readonly isGoing: boolean;
}

/** Its controller first has to create a Deployment: the creator never sees it Ready at once. */
const soonestReadyMs = 300;
/** start-job checks again two seconds after it saw it Ready. */
const mostEarlyMs = 1500;
/** Knative's finalizer is removed when the adapter is deleted. */
const mostLingeringMs = 3000;

export const makeSimulatedWatch = ({ chance, scheduler, onCreate, onRemove, tell }: WatchPorts): SimulatedWatch => {
  let life: Life | undefined;
  let [version, lives, touchedMs] = [0, 0, 0];
  const put = (given: Omit<Life, "resourceVersion">): WatchSeen => {
    life = { ...given, resourceVersion: String(++version) };
    return seenOf(life, scheduler.now());
  };
  const create = (now: Date): WatchSeen => {
    const number = ++lives;
    const spot = chance.at(`the watch ${number}`);
    const listsAtMs = scheduler.now() + skewed(spot.roll("lists"), 600, spot.mishap("watchSlow") ? 180_000 : 8000);
    // Without a readiness probe, the adapter is Ready when it has started, a moment before its first list.
    const earlyMs = spot.mishap("watchReadyEarly") ? 5000 : mostEarlyMs;
    const readyMs = listsAtMs - earlyMs + (earlyMs + 500) * spot.roll("ready");
    const readyAtMs = Math.max(readyMs, scheduler.now() + soonestReadyMs);
    tell(() => "the watch is created");
    onCreate();
    if (spot.mishap("watchDeleted"))
      scheduler.after(skewed(spot.roll("deleted"), 0, 300_000), () => {
        if (life && !life.isGoing && number === lives)
          go("somebody deletes the watch", spot.roll("lingers"), mostLingeringMs);
      });
    return put({ touchedAt: now, listsAtMs, readyAtMs, isGoing: false });
  };
  const go = (why: string, roll: number, longestMs: number): void => {
    tell(() => why);
    put({ ...life!, isGoing: true });
    scheduler.after(skewed(roll, 1, longestMs), () => {
      life = undefined;
    });
  };
  return {
    exists: () => life !== undefined && !life.isGoing,
    isListing: () => life !== undefined && !life.isGoing && life.listsAtMs <= scheduler.now(),
    read: () => life && seenOf(life, scheduler.now()),
    touch: (now) => {
      if (life?.isGoing) chance.note("a touch of a watch that goes");
      touchedMs = scheduler.now();
      return life ? put({ ...life, touchedAt: now }) : create(now);
    },
    renew: (now, resourceVersion) => {
      if (life?.resourceVersion === resourceVersion) put({ ...life, touchedAt: now });
    },
    remove: (resourceVersion) => {
      if (!life) return "done";
      if (life.resourceVersion !== resourceVersion) {
        chance.note("a watch that was touched before it was to go");
        return "stale";
      }
      onRemove(scheduler.now() - touchedMs);
      const spot = chance.at(`the watch's removal ${version}`);
      if (!life.isGoing)
        go("the watch is removed", spot.roll("lingers"), spot.mishap("watchLingers") ? 300_000 : mostLingeringMs);
      return "done";
    },
  };
};

const seenOf = ({ touchedAt, resourceVersion, readyAtMs, isGoing }: Life, nowMs: number): WatchSeen => ({
  ...{ touchedAt, resourceVersion, isGoing },
  isReady: !isGoing && readyAtMs <= nowMs,
});
