// When to look at Keptn's open events again: seldom when nothing happens, seldomer when Keptn has trouble, never in step with others.

export interface Rhythm {
  /** Looks in a row that brought nothing. */
  readonly quiet: number;
  /** Looks in a row that failed. */
  readonly failed: number;
}

export const firstBeat: Rhythm = { quiet: 0, failed: 0 };

export type LookResult = "quiet" | "busy" | "failed";

export const nextBeat = ({ quiet, failed }: Rhythm, result: LookResult): Rhythm => {
  if (result === "failed") return { quiet, failed: failed + 1 };
  return { quiet: result === "quiet" ? quiet + 1 : 0, failed: 0 };
};

export interface Pace {
  readonly intervalMs: number;
  /** How much longer an interval may become while nothing happens: 1 keeps it. */
  readonly stretch: number;
}

/** Half an hour of 10 s looks, for instance, until the interval is fully stretched. */
const quietLooks = 120;
const firstFailurePauseMs = 5_000;
const longestFailurePauseMs = 60_000;

/**
 * Never less than the interval, but after a failure: whoever waits three minutes for the next look does not want to wait so long
 * for a Keptn that restarted.
 * @param random 0 <= random < 1
 */
export const pauseMs = ({ quiet, failed }: Rhythm, { intervalMs, stretch }: Pace, random: number): number => {
  const jitter = 1 + random / 10;
  if (failed > 0) {
    const longest = Math.max(intervalMs, longestFailurePauseMs);
    return Math.min(firstFailurePauseMs * 2 ** Math.min(failed, 20), longest) * jitter;
  }
  return intervalMs * (1 + (stretch - 1) * Math.min(quiet / quietLooks, 1)) * jitter;
};
