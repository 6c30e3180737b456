// keptn-source delivers Keptn's events to a sink without losing any. They arrive by NATS or polling; reads of Keptn's own list find missed ones.
import { makeAdmission } from "./admission.ts";
import { afterDelivery } from "./after-delivery.ts";
import { makeBacklog } from "./backlog.ts";
import { makeDeferredEvents } from "./deferred-events.ts";
import { makeDeliveredIds } from "./delivered-ids.ts";
import { makeDeliverer } from "./deliverer.ts";
import { makeFetcher } from "./fetcher.ts";
import { makeKeyedQueue } from "./keyed-queue.ts";
import { makeMetrics } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { pollProject } from "./poll.ts";
import { makePollLoop, type PollLoop } from "./poll-loop.ts";
import type { SourcePorts } from "./ports.ts";
import { receive } from "./receive.ts";
import { makeRefresh } from "./refresh.ts";

export type Source = ReturnType<typeof startSource>;

export const startSource = (ports: SourcePorts) => {
  const [end, giveUp] = [new AbortController(), new AbortController()];
  const { parts, pollLoop } = connectParts(ports, end.signal, giveUp.signal);
  const ended = pollLoop.run(parts);
  return {
    /** Undefined: it is alive. Outages may pass: only what a restart would fix counts as not alive. */
    whyNotAlive: () => whyNotAlive(pollLoop, parts),
    whyNotReady: () => whyNotReady(pollLoop, parts),
    metrics: parts.metrics.render,
    /** Rejects only for a bug. */
    ended,
    /** Accepts no more events, and gives those in progress DRAIN_SECONDS. */
    stop: async (): Promise<void> => {
      end.abort();
      await drain(Promise.all([ended, parts.nats?.drain()]), giveUp, parts);
    },
  };
};

const connectParts = (ports: SourcePorts, end: AbortSignal, giveUp: AbortSignal) => {
  const { log, clock, listen } = ports;
  const [deliveredIds, backlog, deferred] = [makeDeliveredIds(), makeBacklog(), makeDeferredEvents()];
  const metrics = makeMetrics({
    waiting: () => queue.waiting,
    oldestWaitingSeconds: () => (clock.elapsedMs() - (queue.oldestTakenAtMs ?? clock.elapsedMs())) / 1000,
    ...(listen && { connected: () => nats?.isConnected() ?? false }),
  });

  // Sources: NATS brings events at once, the poll loop finds missed ones, and the fetcher those for which there was no room.
  const nats = listen?.({
    onMessage: (text) => receive(text, parts),
    onConnected: () => {
      log({ level: "info", message: "connected to NATS" });
      pollLoop.pollAgain();
    },
    onTrouble: (why) => log({ level: "warn", message: `NATS: ${why}` }),
  });
  const pollLoop = makePollLoop(clock);
  const fetcher = makeFetcher({
    ...{ ...ports, backlog, end },
    poll: (project) => pollProject(project, pollLoop.state.plan.listings, parts),
    whenRoom: (project) => queue.whenRoom(project),
  });

  // Admission: each event once, whichever way it comes.
  const admission = makeAdmission({ ...ports, metrics, deliveredIds, queue: () => queue });

  // Queue and delivery. Events that the sink does not accept return to Keptn's list, and the fetcher brings them again.
  const queue = makeKeyedQueue({
    deliver: makeDeliverer({ ...ports, metrics }, giveUp),
    afterDelivery: (queued, outcome) => afterDelivery(queued, outcome, parts),
  });

  const parts: Parts = {
    ...{ ...ports, end, metrics, deliveredIds, backlog, deferred, nats, fetcher, admission, queue },
    refresh: makeRefresh({ ...ports, admission, nats }),
  };
  return { parts, pollLoop };
};

/** Requests to Keptn end within seconds: a poll that takes this long while no event waits for the sink hangs. */
const longestPollMs = 15 * 60 * 1000;

const whyNotAlive = ({ state }: PollLoop, { clock, settings, queue }: Parts): string | undefined => {
  const silentMs = clock.elapsedMs() - state.polledAtMs - 2 * settings.CATCH_UP_SECONDS * 1000;
  return queue.waiting === 0 && silentMs > longestPollMs ? "The last poll of Keptn does not end." : undefined;
};

/** Failed polls in a row before it counts as not ready. */
const failuresOfReady = 3;

const whyNotReady = ({ state }: PollLoop, { nats }: Parts): string | undefined => {
  if (nats && !nats.isConnected()) return "Not connected to NATS.";
  if (!state.reachedKeptn) return "Keptn's API has not been reached yet.";
  return state.backoff.failed < failuresOfReady ? undefined : "Keptn's API cannot be reached.";
};

/** @param noMoreEvents resolves when no source brings any @param giveUp ends what is not delivered in time */
const drain = async (noMoreEvents: Promise<unknown>, giveUp: AbortController, parts: Parts): Promise<void> => {
  const { queue, clock, settings, log } = parts;
  const inTime = noMoreEvents.then(queue.whenEmpty);
  await Promise.race([inTime, clock.pause(settings.DRAIN_SECONDS * 1000, giveUp.signal)]);
  const left = queue.waiting;
  giveUp.abort();
  await queue.whenEmpty();
  if (left === 0) return log({ level: "info", message: "stopped" });
  const message = `stopped with ${left} undelivered events; those that Keptn lists are fetched again at the next start`;
  log({ level: "warn", message });
};
