// The poll loop of keptn-source: at the polling interval, or rarely if events come by NATS.
import { type Backoff, initialBackoff, nextBackoff, type PollResult, pauseMs } from "../lib/core/source/backoff.ts";
import type { PollPlan } from "../lib/core/source/plan-poll.ts";
import { IoError } from "../lib/io-error.ts";
import type { Parts } from "./parts.ts";
import { pollAll, pollDeferred, pollStored } from "./poll.ts";
import type { SourceClock } from "./ports.ts";

export type PollLoop = ReturnType<typeof makePollLoop>;

/** Times as the clock's `elapsedMs`. */
interface PollState {
  plan: PollPlan;
  backoff: Backoff;
  /** Whether any poll has succeeded. */
  reachedKeptn: boolean;
  /** When the last poll ended. */
  polledAtMs: number;
  nextPollMs: number;
  nextFullPollMs: number;
  /** Events may have been missed since the last poll began. */
  missed: boolean;
  /** Pauses after the next polls, instead of the usual ones. */
  soonMs: readonly number[];
}

/** Polls after a reconnect to NATS: Keptn may reconnect later than we do, and events that it publishes until then are lost. */
const afterReconnectMs = [5_000, 20_000] as const;

/** Minimum pause, even if a poll must be followed by another. */
const shortestPauseMs = 500;

export const makePollLoop = (clock: SourceClock) => {
  const state: PollState = {
    ...{ plan: { listings: [], searches: [] }, backoff: initialBackoff, reachedKeptn: false },
    ...{ polledAtMs: clock.elapsedMs(), nextPollMs: 0, nextFullPollMs: 0, missed: false, soonMs: [] },
  };
  let pause = new AbortController();
  return {
    state: state as Readonly<PollState>,
    /** Runs until the program ends. @throws only for a bug */
    run: async (parts: Parts): Promise<void> => {
      const { end } = parts;
      end.addEventListener("abort", () => pause.abort(), { once: true });
      while (!end.aborted) {
        if (state.missed || clock.elapsedMs() >= state.nextPollMs) await pollNow(state, parts);
        else await attempt(() => pollDeferred(parts), parts);
        if (state.missed || end.aborted) continue;
        pause = new AbortController();
        await clock.pause(untilNextMs(state, parts), pause.signal);
      }
    },
    /** Call it when events may have been missed: a full poll starts now, and two more follow soon. */
    pollAgain: (): void => {
      state.missed = true;
      state.soonMs = afterReconnectMs;
      pause.abort();
    },
  };
};

const untilNextMs = ({ nextPollMs }: PollState, { nats, clock, deferred }: Parts): number =>
  Math.max(0, (nats ? nextPollMs : Math.min(nextPollMs, deferred.nextMs)) - clock.elapsedMs());

const pollNow = async (state: PollState, parts: Parts): Promise<void> => {
  const { clock, random, metrics, end } = parts;
  const result = await attempt(() => poll(state, parts), parts);
  metrics.polls.inc({ result: result === "failed" ? "failed" : "ok" });
  state.reachedKeptn ||= result !== "failed";
  state.backoff = nextBackoff(state.backoff, result);
  const [nextMs = pauseMs(state.backoff, paceOf(parts), random()), ...later] = state.soonMs;
  state.soonMs = later;
  state.polledAtMs = clock.elapsedMs();
  state.nextPollMs = state.polledAtMs + nextMs;
  await clock.pause(shortestPauseMs, end);
};

const paceOf = ({ nats, settings }: Parts) =>
  nats
    ? { intervalMs: settings.CATCH_UP_SECONDS * 1000, stretch: 1 }
    : { intervalMs: settings.HTTP_POLLING_INTERVAL * 1000, stretch: 2 };

/** A full poll, every CATCH_UP_SECONDS, also refreshes our subscriptions and searches Keptn's datastore. */
const poll = async (state: PollState, parts: Parts): Promise<number> => {
  const { clock, settings } = parts;
  if (!state.missed && clock.elapsedMs() < state.nextFullPollMs) return pollAll(state.plan.listings, parts);
  state.missed = false;
  state.nextFullPollMs = 0;
  state.plan = await parts.refresh();
  const brought = (await pollAll(state.plan.listings, parts)) + (await pollStored(state.plan.searches, parts));
  if (state.soonMs.length === 0) state.nextFullPollMs = clock.elapsedMs() + settings.CATCH_UP_SECONDS * 1000;
  return brought;
};

const attempt = async (act: () => Promise<number>, { log, end }: Parts): Promise<PollResult> => {
  try {
    return (await act()) > 0 ? "busy" : "quiet";
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    const message = `could not poll Keptn for events, retrying soon: ${fault.message}`;
    if (!end.aborted) log({ level: "warn", message });
    return "failed";
  }
};
