// While a function is awake: looks for events that webhook-service lost, at most once a minute, outside event handling.
import type { Settings } from "../core/settings/settings.ts";
import { IoError } from "../io-error.ts";
import type { Log } from "../process.ts";

const everyMs = 60_000;

/** @returns starts a search, unless one started within the last minute. Never rejects for I/O errors; resolves when it is done. */
export const makeLostEventPoll = (settings: Settings, log: Log): (() => Promise<void>) => {
  const sent = new Set<string>();
  let beganMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - beganMs < everyMs) return;
    beganMs = performance.now();
    // Imported here: event handling does not need it.
    const { connectLostEvents, readConnections } = await import("./connect.ts");
    const connections = await readConnections(settings.CONNECTIONS_DIR);
    if (connections.length === 0) return;
    const { resendLostEvents } = await import("./resend.ts");
    try {
      await resendLostEvents({ connections, lost: connectLostEvents(settings), log, now: () => new Date(), sent });
    } catch (fault) {
      if (!(fault instanceof IoError)) throw fault;
      log({ level: "warn", message: `could not look for lost events, will retry: ${fault.message}` });
    }
  };
};
