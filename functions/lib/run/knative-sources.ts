// The Knative sources that wake finish-task while runs are open: the ApiServerSource (watch) and the PingSource of the sweep (timer).
// When no run is open, the watch is deleted first, then the timer, whose sweep deletes the watch.
import { IoError } from "../io-error.ts";
import type { JobWatch, Timer, TimerSeen, WatchSeen } from "../kubernetes/ports.ts";
import { nowMs, type ReconcilePorts } from "./ports.ts";

export interface SweepPorts extends ReconcilePorts {
  readonly timer: Timer;
  /** Undefined: there is no watch to create or delete. */
  readonly watch?: JobWatch;
}

/** As read before the runs were listed. A later touch changes the resourceVersion. */
export interface KnativeSources {
  readonly askedMs: number;
  readonly timer: TimerSeen | undefined;
  /** "unknown": it could not be read. */
  readonly watch: WatchSeen | "none" | "unknown";
}

/** @throws IoError when the timer cannot be read */
export const readSources = async (ports: SweepPorts): Promise<KnativeSources> => {
  const askedMs = nowMs(ports);
  const [timer, watch] = await Promise.all([ports.timer.read(), readWatch(ports)]);
  return { askedMs, timer, watch };
};

/** Runs come first: if the watch cannot be read, it and the timer stay until it can. */
const readWatch = async ({ watch, settings, log }: SweepPorts): Promise<KnativeSources["watch"]> => {
  if (!watch || settings.WATCH_IDLE_SECONDS === "always") return "none";
  return (await unlessFaulty(log, () => watch.read().then((seen) => seen ?? "none"))) ?? "unknown";
};

/** start-job relies on a touch of the last 5 seconds and creates its Jobs within 20, so a younger watch is never idle. */
const leastIdleMs = 30_000;

/** While runs are open the watch is not idle, however old its last touch by start-job is. */
export const renewWatch = async (ports: SweepPorts, { watch, askedMs }: KnativeSources): Promise<void> => {
  if (typeof watch === "string" || watch.isGoing || askedMs - watch.touchedAt.getTime() < leastIdleMs) return;
  await unlessFaulty(ports.log, async () => ports.watch?.renew(ports.clock.now(), watch.resourceVersion));
};

/** No run is open. @throws IoError */
export const removeSources = async (ports: SweepPorts, sources: KnativeSources): Promise<void> => {
  const { timer } = sources;
  if (timer && (await removeWatch(ports, sources))) await removeTimer(ports, timer, sources.askedMs);
};

/** @returns whether it is deleted, or being deleted by Knative */
const removeWatch = async (ports: SweepPorts, { watch, askedMs }: KnativeSources): Promise<boolean> => {
  if (typeof watch === "string") return watch === "none";
  if (watch.isGoing) return true;
  const idleMs = Number(ports.settings.WATCH_IDLE_SECONDS) * 1000;
  if (askedMs - watch.touchedAt.getTime() <= Math.max(idleMs, leastIdleMs)) return false;
  return (await ports.watch?.remove(watch.resourceVersion)) === "done";
};

/**
 * A start-job that touched the timer may be about to create Jobs. The timer is deleted only if that touch is older than
 * CREATE_GRACE_SECONDS at the time of the list, and only if it was not touched since it was read.
 */
const removeTimer = async (ports: SweepPorts, timer: TimerSeen, askedMs: number): Promise<void> => {
  const ageMs = askedMs - timer.touchedAt.getTime();
  if (ageMs > ports.settings.CREATE_GRACE_SECONDS * 1000) await ports.timer.remove(timer.resourceVersion);
};

const unlessFaulty = async <T>(log: ReconcilePorts["log"], act: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await act();
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    log({ level: "warn", message: `left the ApiServerSource unchanged: ${fault.message}` });
    return undefined;
  }
};
