// The pause between polls of Keptn: longer while nothing happens, backed off after failures, with jitter.

export interface Backoff {
  /** Polls in a row without new events. */
  readonly quiet: number;
  /** Failed polls in a row. */
  readonly failed: number;
}

export const initialBackoff: Backoff = { quiet: 0, failed: 0 };

export type PollResult = "quiet" | "busy" | "failed";

export const nextBackoff = ({ quiet, failed }: Backoff, result: PollResult): Backoff => {
  if (result === "failed") return { quiet, failed: failed + 1 };
  return { quiet: result === "quiet" ? quiet + 1 : 0, failed: 0 };
};

export interface Pace {
  readonly intervalMs: number;
  /** Maximum factor for the interval while nothing happens; 1 keeps it. */
  readonly stretch: number;
}

/** Polls until the interval is fully stretched, e.g. half an hour of 10 s polls. */
const quietLooks = 120;
const firstFailurePauseMs = 5_000;
const longestFailurePauseMs = 60_000;

/**
 * Never shorter than the interval, except after a failure: with an interval of three minutes, a Keptn that restarted is polled sooner.
 * @param random 0 <= random < 1
 */
export const pauseMs = ({ quiet, failed }: Backoff, { intervalMs, stretch }: Pace, random: number): number => {
  const jitter = 1 + random / 10;
  if (failed > 0) {
    const longest = Math.max(intervalMs, longestFailurePauseMs);
    return Math.min(firstFailurePauseMs * 2 ** Math.min(failed, 20), longest) * jitter;
  }
  return intervalMs * (1 + (stretch - 1) * Math.min(quiet / quietLooks, 1)) * jitter;
};
