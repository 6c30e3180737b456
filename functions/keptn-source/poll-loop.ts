// The poll loop of keptn-source: at the polling interval, or rarely if events come by NATS.
import { initialBackoff, nextBackoff, type PollResult, pauseMs } from "../lib/core/source/backoff.ts";
import type { PollPlan } from "../lib/core/source/plan-poll.ts";
import { IoError } from "../lib/io-error.ts";
import type { DeferredEvents } from "./deferred-events.ts";
import type { Metrics } from "./metrics.ts";
import type { Poll } from "./poll.ts";
import type { SourcePorts } from "./ports.ts";
import type { Wakeup } from "./wakeup.ts";

export interface PollLoop {
  /** Runs until the program ends. @throws only for a bug */
  run(): Promise<void>;
  /** Call it when events may have been missed: a full poll starts now, and two more follow soon. */
  pollAgain(): void;
  /** Failed polls in a row; undefined before the first success. */
  readonly failed: number | undefined;
  /** When the last poll ended, as the clock's `elapsedMs`. */
  readonly polledAtMs: number;
  /** The listings of the last poll. */
  readonly listings: PollPlan["listings"];
}

export interface PollLoopPorts extends Pick<SourcePorts, "clock" | "random" | "settings" | "log"> {
  readonly polls: boolean;
  /** Refreshes our subscriptions from Keptn. @throws IoError */
  readonly refresh: () => Promise<PollPlan>;
  readonly poll: Poll;
  readonly deferred: DeferredEvents;
  readonly wakeup: Wakeup;
  readonly metrics: Metrics;
  readonly end: AbortSignal;
}

/** Polls after a reconnect to NATS: Keptn may reconnect later than we do, and events that it publishes until then are lost. */
const soonMs = [5_000, 20_000] as const;

/** Minimum pause, even if a poll must be followed by another. */
const shortestPauseMs = 500;

export const makePollLoop = (ports: PollLoopPorts): PollLoop => {
  const { polls, clock, settings, wakeup, deferred, end } = ports;
  const catchUpMs = settings.CATCH_UP_SECONDS * 1000;
  const pace = polls
    ? { intervalMs: settings.HTTP_POLLING_INTERVAL * 1000, stretch: 2 }
    : { intervalMs: catchUpMs, stretch: 1 };
  let backoff = initialBackoff;
  let plan: PollPlan = { listings: [], searches: [] };
  let [polled, missed, refreshMs, pollMs] = [false, false, 0, 0];
  let soon: readonly number[] = [];
  let polledAtMs = clock.elapsedMs();

  const poll = async (): Promise<number> => {
    const thorough = missed || clock.elapsedMs() >= refreshMs;
    if (!thorough) return ports.poll.all(plan.listings);
    [missed, refreshMs] = [false, 0];
    plan = await ports.refresh();
    const brought = (await ports.poll.all(plan.listings)) + (await ports.poll.stored(plan.searches));
    if (soon.length === 0) refreshMs = clock.elapsedMs() + catchUpMs;
    return brought;
  };
  const pollNow = async (): Promise<void> => {
    const result = await attempt(poll, ports);
    ports.metrics.pollEnded(result === "failed" ? "failed" : "ok");
    polled ||= result !== "failed";
    backoff = nextBackoff(backoff, result);
    const [nextMs = pauseMs(backoff, pace, ports.random()), ...later] = soon;
    polledAtMs = clock.elapsedMs();
    pollMs = polledAtMs + nextMs;
    soon = later;
    if (!end.aborted) await clock.pause(shortestPauseMs, end);
  };
  return {
    run: async () => {
      while (!end.aborted) {
        if (wakeup.wasWoken() || clock.elapsedMs() >= pollMs) await pollNow();
        else await attempt(ports.poll.deferred, ports);
        const nextMs = polls ? Math.min(pollMs, deferred.nextMs) : pollMs;
        await wakeup.pause(Math.max(0, nextMs - clock.elapsedMs()));
      }
    },
    pollAgain: () => {
      missed = true;
      soon = soonMs;
      wakeup.wake();
    },
    get failed() {
      return polled ? backoff.failed : undefined;
    },
    get polledAtMs() {
      return polledAtMs;
    },
    get listings() {
      return plan.listings;
    },
  };
};

const attempt = async (act: () => Promise<number>, { log, end }: PollLoopPorts): Promise<PollResult> => {
  try {
    return (await act()) > 0 ? "busy" : "quiet";
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    if (!end.aborted)
      log({ level: "warn", message: `could not poll Keptn for events, retrying soon: ${fault.message}` });
    return "failed";
  }
};
