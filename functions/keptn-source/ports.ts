// The ports of keptn-source.
import type { Settings } from "../lib/core/settings/settings.ts";
import type { Log } from "../lib/process.ts";
import type { KeptnClient } from "./keptn-client.ts";
import type { Nats, NatsEvents } from "./nats.ts";
import type { Sink } from "./sink.ts";

export interface SourcePorts {
  readonly keptn: KeptnClient;
  readonly sink: Sink;
  /** Undefined: Keptn's API is polled. */
  readonly listen?: (events: NatsEvents) => Nats;
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: SourceClock;
  /** First pause before an event is sent again; it grows with each attempt. */
  readonly firstRetryMs?: number;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

export interface SourceClock {
  now(): Date;
  /** Monotonic, independent of the machine's clock. */
  elapsedMs(): number;
  /** Ends early, without an error, when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}
