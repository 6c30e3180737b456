// The poll loop of keptn-source: at the polling interval, or rarely if events come by NATS.
import type { LookPlan } from "../lib/core/source/plan-look.ts";
import { firstBeat, type LookResult, nextBeat, pauseMs } from "../lib/core/source/rhythm.ts";
import { IoError } from "../lib/io-error.ts";
import type { Alarm } from "./alarm.ts";
import type { Early } from "./early.ts";
import type { Look } from "./look.ts";
import type { Metrics } from "./metrics.ts";
import type { SourcePorts } from "./ports.ts";

export interface Watch {
  /** Runs until the program ends. @throws only for a bug */
  run(): Promise<void>;
  /** Call it when events may have been missed: a full poll starts now, and two more follow soon. */
  lookAgain(): void;
  /** Failed polls in a row; undefined before the first success. */
  readonly failed: number | undefined;
  /** When the last poll ended, as the clock's `elapsedMs`. */
  readonly lookedAtMs: number;
  /** The listings of the last poll. */
  readonly listings: LookPlan["listings"];
}

export interface WatchPorts extends Pick<SourcePorts, "clock" | "random" | "settings" | "log"> {
  readonly polls: boolean;
  /** Refreshes our subscriptions from Keptn. @throws IoError */
  readonly refresh: () => Promise<LookPlan>;
  readonly look: Look;
  readonly early: Early;
  readonly alarm: Alarm;
  readonly metrics: Metrics;
  readonly end: AbortSignal;
}

/** Polls after a reconnect to NATS: Keptn may reconnect later than we do, and events that it publishes until then are lost. */
const soonMs = [5_000, 20_000] as const;

/** Minimum pause, even if a poll must be followed by another. */
const shortestPauseMs = 500;

export const makeWatch = (ports: WatchPorts): Watch => {
  const { polls, clock, settings, alarm, early, end } = ports;
  const catchUpMs = settings.CATCH_UP_SECONDS * 1000;
  const pace = polls
    ? { intervalMs: settings.HTTP_POLLING_INTERVAL * 1000, stretch: 2 }
    : { intervalMs: catchUpMs, stretch: 1 };
  let beat = firstBeat;
  let plan: LookPlan = { listings: [], searches: [] };
  let [looked, missed, refreshMs, lookMs] = [false, false, 0, 0];
  let soon: readonly number[] = [];
  let lookedAtMs = clock.elapsedMs();

  const look = async (): Promise<number> => {
    const thorough = missed || clock.elapsedMs() >= refreshMs;
    if (!thorough) return ports.look.atAll(plan.listings);
    [missed, refreshMs] = [false, 0];
    plan = await ports.refresh();
    const brought = (await ports.look.atAll(plan.listings)) + (await ports.look.atStored(plan.searches));
    if (soon.length === 0) refreshMs = clock.elapsedMs() + catchUpMs;
    return brought;
  };
  const lookNow = async (): Promise<void> => {
    const result = await attempt(look, ports);
    ports.metrics.lookEnded(result === "failed" ? "failed" : "ok");
    looked ||= result !== "failed";
    beat = nextBeat(beat, result);
    const [nextMs = pauseMs(beat, pace, ports.random()), ...later] = soon;
    lookedAtMs = clock.elapsedMs();
    lookMs = lookedAtMs + nextMs;
    soon = later;
    if (!end.aborted) await clock.pause(shortestPauseMs, end);
  };
  return {
    run: async () => {
      while (!end.aborted) {
        if (alarm.hasRung() || clock.elapsedMs() >= lookMs) await lookNow();
        else await attempt(ports.look.atEarly, ports);
        const nextMs = polls ? Math.min(lookMs, early.nextMs) : lookMs;
        await alarm.pause(Math.max(0, nextMs - clock.elapsedMs()));
      }
    },
    lookAgain: () => {
      missed = true;
      soon = soonMs;
      alarm.ring();
    },
    get failed() {
      return looked ? beat.failed : undefined;
    },
    get lookedAtMs() {
      return lookedAtMs;
    },
    get listings() {
      return plan.listings;
    },
  };
};

const attempt = async (act: () => Promise<number>, { log, end }: WatchPorts): Promise<LookResult> => {
  try {
    return (await act()) > 0 ? "busy" : "quiet";
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    if (!end.aborted)
      log({ level: "warn", message: `could not poll Keptn for events, retrying soon: ${fault.message}` });
    return "failed";
  }
};
