// Looks at Keptn from the start to the end: in the rhythm of polling, or now and then where NATS brings the events.
import type { LookPlan } from "../core/source/plan-look.ts";
import { firstBeat, type LookResult, nextBeat, pauseMs } from "../core/source/rhythm.ts";
import { IoError } from "../io/io-error.ts";
import type { Metrics } from "../io/metrics.ts";
import type { Alarm } from "./alarm.ts";
import type { Early } from "./early.ts";
import type { Look } from "./look.ts";
import type { SourcePorts } from "./ports.ts";

export interface Watch {
  /** Until the end. @throws only for a bug */
  run(): Promise<void>;
  /** Something may have been missed: a look begins now that leaves nothing out, and two more follow soon. */
  lookAgain(): void;
  /** Looks in a row that failed; undefined before the first that did not. */
  readonly failed: number | undefined;
  /** When the last look ended, as the clock's `elapsedMs`. */
  readonly lookedAtMs: number;
  /** What was looked at the last time. */
  readonly listings: LookPlan["listings"];
}

export interface WatchPorts extends Pick<SourcePorts, "clock" | "random" | "settings" | "log"> {
  readonly polls: boolean;
  /** Asks Keptn anew what we are subscribed to. @throws IoError */
  readonly refresh: () => Promise<LookPlan>;
  readonly look: Look;
  readonly early: Early;
  readonly alarm: Alarm;
  readonly metrics: Metrics;
  readonly end: AbortSignal;
}

/**
 * After a connection to NATS came back: Keptn itself may come back to it later than we do, and what it publishes until then is lost.
 */
const soonMs = [5_000, 20_000] as const;

/** Even when one look finds that it has to be followed by another. */
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
    if (!end.aborted) log({ level: "warn", message: `cannot look for events, tried again soon: ${fault.message}` });
    return "failed";
  }
};
