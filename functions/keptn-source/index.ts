// Builds keptn-source's adapters from the settings.
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../lib/core/settings/settings.ts";
import { natsGroupOf } from "../lib/core/source/nats-group.ts";
import type { Log } from "../lib/process.ts";
import { connectKeptnClient } from "./keptn-client.ts";
import { listenToNats, type NatsEvents } from "./nats.ts";
import type { SourceClock, SourcePorts } from "./ports.ts";
import { connectSink } from "./sink.ts";

/** @param settings as accepted by `checkSourceSettings` */
export const makeSourcePorts = (settings: Settings, log: Log): SourcePorts => {
  const { PUBSUB_URL: url, KEPTN_SOURCE } = settings;
  const address = { url: url ?? "", group: natsGroupOf(settings), name: KEPTN_SOURCE };
  return {
    keptn: connectKeptnClient(settings),
    sink: connectSink(settings),
    ...(url && { listen: (events: NatsEvents) => listenToNats(address, events) }),
    ...{ settings, log, clock, random: Math.random },
  };
};

const clock: SourceClock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  pause: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  },
};
