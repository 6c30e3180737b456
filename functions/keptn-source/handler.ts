// keptn-source delivers Keptn's events to a sink without losing any. They arrive by NATS or polling; reads of Keptn's own list find missed ones.
import { makeAdmission } from "./admission.ts";
import { makeAfterDelivery } from "./after-delivery.ts";
import { makeBacklog } from "./backlog.ts";
import { makeDeferredEvents } from "./deferred-events.ts";
import { makeDeliveredIds } from "./delivered-ids.ts";
import { makeDeliverer } from "./deliverer.ts";
import { makeFetcher } from "./fetcher.ts";
import { makeKeyedQueue } from "./keyed-queue.ts";
import { makePoll } from "./poll.ts";
import { makePollLoop } from "./poll-loop.ts";
import type { SourcePorts } from "./ports.ts";
import { makeReceive } from "./receive.ts";
import { makeRefresh } from "./refresh.ts";
import { makeWakeup } from "./wakeup.ts";

export interface Source {
  /** Undefined: it is alive. Outages may pass: only what a restart would fix counts as not alive. */
  whyNotAlive(): string | undefined;
  whyNotReady(): string | undefined;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Accepts no more events, and gives those in progress DRAIN_SECONDS. */
  stop(): Promise<void>;
  /** Rejects only for a bug. */
  readonly ended: Promise<void>;
}

/** Failed polls in a row before it counts as not ready. */
const failuresOfReady = 3;
/** Requests to Keptn end within seconds: a poll that takes this long while no event waits for the sink hangs. */
const longestPollMs = 15 * 60 * 1000;

export const startSource = (ports: SourcePorts): Source => {
  const { settings, log, clock, listen } = ports;
  const [end, giveUp] = [new AbortController(), new AbortController()];
  const [deliveredIds, backlog, deferred] = [makeDeliveredIds(), makeBacklog(), makeDeferredEvents()];
  const queue = makeKeyedQueue({
    deliver: (queued, dropped) => deliver(queued, dropped),
    afterDelivery: (queued, how) => afterDelivery(queued, how),
  });
  const metrics = ports.makeMetrics({
    waiting: () => queue.waiting,
    oldestWaitingSeconds: () => (clock.elapsedMs() - (queue.oldestTakenAtMs ?? clock.elapsedMs())) / 1000,
    ...(listen && { connected: () => nats?.isConnected() ?? false }),
  });
  const deliver = makeDeliverer({ ...ports, metrics }, giveUp.signal);
  const admission = makeAdmission({ ...ports, metrics, queue, deliveredIds });
  const wakeup = makeWakeup(clock, end.signal);
  const fetcher = makeFetcher({
    ...{ clock, log, backlog, queue, end: end.signal },
    poll: (project) => poll.project(project, pollLoop.listings),
  });
  const afterDelivery = makeAfterDelivery({ deliveredIds, backlog, fetcher, metrics, log });
  const nats = listen?.({
    onMessage: makeReceive({ admission, backlog, metrics, log, onBacklog: fetcher.fetch }),
    onConnected: () => {
      log({ level: "info", message: "connected to NATS" });
      pollLoop.pollAgain();
    },
    onTrouble: (why) => log({ level: "warn", message: `NATS: ${why}` }),
  });
  const poll = makePoll({ ...ports, admission, queue, deliveredIds, backlog, deferred, fetcher, end: end.signal });
  const pollLoop = makePollLoop({
    ...{ ...ports, metrics, deferred, wakeup, poll, end: end.signal, polls: !nats },
    refresh: makeRefresh({ ...ports, admission, nats }),
  });
  const polling = pollLoop.run();
  return {
    whyNotAlive: () => {
      const silentMs = clock.elapsedMs() - pollLoop.polledAtMs - 2 * settings.CATCH_UP_SECONDS * 1000;
      return queue.waiting === 0 && silentMs > longestPollMs ? "The last poll of Keptn does not end." : undefined;
    },
    whyNotReady: () => {
      if (nats && !nats.isConnected()) return "Not connected to NATS.";
      if (pollLoop.failed === undefined) return "Keptn's API has not been reached yet.";
      return pollLoop.failed < failuresOfReady ? undefined : "Keptn's API cannot be reached.";
    },
    metrics: metrics.render,
    ended: polling,
    stop: async () => {
      end.abort();
      const inTime = Promise.all([polling, nats?.drain()]).then(queue.whenEmpty);
      await Promise.race([inTime, clock.pause(settings.DRAIN_SECONDS * 1000, giveUp.signal)]);
      const left = queue.waiting;
      giveUp.abort();
      await queue.whenEmpty();
      if (left === 0) log({ level: "info", message: "stopped" });
      else
        log({
          level: "warn",
          message: `stopped with ${left} undelivered events; those that Keptn lists are fetched again at the next start`,
        });
    },
  };
};
