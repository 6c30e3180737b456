// keptn-source's Prometheus metrics.
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  /** @param way `nats`: as published; `api`: from Keptn's list or datastore */
  received(way: "nats" | "api"): void;
  /** @param lagSeconds from the event's own time until the sink accepted it */
  sent(lagSeconds: number): void;
  retried(): void;
  /** The sink refuses it permanently. */
  refused(): void;
  /** Not accepted for now; it is fetched again from Keptn's list. */
  returned(): void;
  /** Keptn no longer waited for it. */
  over(): void;
  /** No capacity: `listed` events are fetched again from Keptn's list, `unlisted` ones may be lost. */
  dropped(kind: "listed" | "unlisted"): void;
  pollEnded(result: "ok" | "failed"): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Gauges {
  /** Events held until the sink accepts them. */
  readonly waiting: () => number;
  /** Age of the oldest held event. */
  readonly oldestWaitingSeconds: () => number;
  /** Only with NATS. */
  readonly connected?: () => boolean;
}

const lagBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export const makeMetrics = (gauges: Gauges): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const count = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `keptn_source_${name}_total`, help, labelNames, registers });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `keptn_source_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  const received = count("received", "New events received from Keptn, by channel.", ["way"]);
  const sent = count("sent", "Events that the sink accepted.");
  const retried = count("retried", "Attempts that failed and are retried.");
  const refused = count("failed", "Events that the sink refused permanently.");
  const returned = count("returned", "Events returned to Keptn's list after several attempts; they are fetched again.");
  const over = count("over", "Events that Keptn stopped waiting for before the sink accepted them.");
  const dropped = count("dropped", "Events from NATS dropped for lack of capacity; listed ones are fetched later.", [
    "kind",
  ]);
  const looks = count("looks", "Polls of Keptn's open events, by result.", ["result"]);
  const lag = new Histogram({
    name: "keptn_source_lag_seconds",
    help: "Time from an event's own time until the sink accepted it.",
    buckets: lagBuckets,
    registers,
  });
  gauge("waiting", "Events held until the sink accepts them.", gauges.waiting);
  gauge("oldest_waiting_seconds", "Time that the oldest held event has waited.", gauges.oldestWaitingSeconds);
  const { connected } = gauges;
  if (connected) gauge("nats_connected", "1 while connected to NATS.", () => Number(connected()));
  return {
    received: (way) => received.inc({ way }),
    sent: (lagSeconds) => {
      sent.inc();
      lag.observe(lagSeconds);
    },
    retried: () => retried.inc(),
    refused: () => refused.inc(),
    returned: () => returned.inc(),
    over: () => over.inc(),
    dropped: (kind) => dropped.inc({ kind }),
    pollEnded: (result) => looks.inc({ result }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
