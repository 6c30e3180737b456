// keptn-source delivers Keptn's events to a sink without losing any. They arrive by NATS or polling; reads of Keptn's own list find missed ones.
import { makeAlarm } from "./alarm.ts";
import { makeBacklog } from "./backlog.ts";
import { makeCarrier } from "./carrier.ts";
import { makeEarly } from "./early.ts";
import { makeFetcher } from "./fetcher.ts";
import { makeOnGone } from "./gone.ts";
import { makeIntake } from "./intake.ts";
import { makeLanes } from "./lanes.ts";
import { makeLook } from "./look.ts";
import { makeMemory } from "./memory.ts";
import type { SourcePorts } from "./ports.ts";
import { makeReceive } from "./receive.ts";
import { makeRefresh } from "./refresh.ts";
import { makeWatch } from "./watch.ts";

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
const longestLookMs = 15 * 60 * 1000;

export const startSource = (ports: SourcePorts): Source => {
  const { settings, log, clock, listen } = ports;
  const [end, giveUp] = [new AbortController(), new AbortController()];
  const [memory, backlog, early] = [makeMemory(), makeBacklog(), makeEarly()];
  const lanes = makeLanes({
    carry: (parcel, dropped) => carry(parcel, dropped),
    onGone: (parcel, how) => onGone(parcel, how),
  });
  const metrics = ports.makeMetrics({
    waiting: () => lanes.waiting,
    oldestWaitingSeconds: () => (clock.elapsedMs() - (lanes.oldestTakenAtMs ?? clock.elapsedMs())) / 1000,
    ...(listen && { connected: () => nats?.isConnected() ?? false }),
  });
  const carry = makeCarrier({ ...ports, metrics }, giveUp.signal);
  const intake = makeIntake({ ...ports, metrics, lanes, memory });
  const alarm = makeAlarm(clock, end.signal);
  const fetcher = makeFetcher({
    ...{ clock, log, backlog, lanes, end: end.signal },
    lookAt: (project) => look.atProject(project, watch.listings),
  });
  const onGone = makeOnGone({ memory, backlog, fetcher, metrics, log });
  const nats = listen?.({
    onMessage: makeReceive({ intake, backlog, metrics, log, onBacklog: fetcher.fetch }),
    onConnected: () => {
      log({ level: "info", message: "connected to NATS" });
      watch.lookAgain();
    },
    onTrouble: (why) => log({ level: "warn", message: `NATS: ${why}` }),
  });
  const look = makeLook({ ...ports, intake, lanes, memory, backlog, early, fetcher, end: end.signal });
  const watch = makeWatch({
    ...{ ...ports, metrics, early, alarm, look, end: end.signal, polls: !nats },
    refresh: makeRefresh({ ...ports, intake, nats }),
  });
  const watching = watch.run();
  return {
    whyNotAlive: () => {
      const silentMs = clock.elapsedMs() - watch.lookedAtMs - 2 * settings.CATCH_UP_SECONDS * 1000;
      return lanes.waiting === 0 && silentMs > longestLookMs ? "The last poll of Keptn does not end." : undefined;
    },
    whyNotReady: () => {
      if (nats && !nats.isConnected()) return "Not connected to NATS.";
      if (watch.failed === undefined) return "Keptn's API has not been reached yet.";
      return watch.failed < failuresOfReady ? undefined : "Keptn's API cannot be reached.";
    },
    metrics: metrics.render,
    ended: watching,
    stop: async () => {
      end.abort();
      const inTime = Promise.all([watching, nats?.drain()]).then(lanes.whenEmpty);
      await Promise.race([inTime, clock.pause(settings.DRAIN_SECONDS * 1000, giveUp.signal)]);
      const left = lanes.waiting;
      giveUp.abort();
      await lanes.whenEmpty();
      if (left === 0) log({ level: "info", message: "stopped" });
      else
        log({
          level: "warn",
          message: `stopped with ${left} undelivered events; those that Keptn lists are fetched again at the next start`,
        });
    },
  };
};
