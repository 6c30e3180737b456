// What keptn-source needs of the world.
import type { Settings } from "../core/settings.ts";
import type { KeptnFeed } from "../io/keptn-feed.ts";
import type { Gauges, Metrics } from "../io/metrics.ts";
import type { Nats, NatsEvents } from "../io/nats.ts";
import type { Sink } from "../io/sink.ts";
import type { Log } from "../io/world.ts";

export interface SourcePorts {
  readonly keptn: KeptnFeed;
  readonly sink: Sink;
  /** Where it is not there, Keptn's API is polled. */
  readonly listen?: (events: NatsEvents) => Nats;
  readonly makeMetrics: (gauges: Gauges) => Metrics;
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: SourceClock;
  /** Until an event that the sink did not take is sent again; longer each time. */
  readonly firstRetryMs?: number;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

export interface SourceClock {
  now(): Date;
  /** Never goes back, whatever is done to the machine's clock. */
  elapsedMs(): number;
  /** Ends early, and without an error, when the signal says so. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}
