// When a function is awake: looks for events that webhook-service lost, at most once a minute, off the path of every event.
import type { Settings } from "../core/settings.ts";
import { IoError } from "../io/io-error.ts";
import type { Log } from "../io/world.ts";

const everyMs = 60_000;

/** @returns begins a look, unless one began within the minute. Never throws, and resolves when it is over. */
export const makeLookAfterLost = (settings: Settings, log: Log): (() => Promise<void>) => {
  const sent = new Set<string>();
  let beganMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - beganMs < everyMs) return;
    beganMs = performance.now();
    // Loaded now: an event's own path needs none of it.
    const { connectLostEvents, readConnections } = await import("../io/lost-events.ts");
    const connections = await readConnections(settings.CONNECTIONS_DIR);
    if (connections.length === 0) return;
    const { takeUp } = await import("./take-up.ts");
    try {
      await takeUp({ connections, lost: connectLostEvents(settings), log, now: () => new Date(), sent });
    } catch (fault) {
      if (!(fault instanceof IoError)) throw fault;
      log({ level: "warn", message: `cannot look for lost events, tried again later: ${fault.message}` });
    }
  };
};
