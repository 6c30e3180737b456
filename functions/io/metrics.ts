// What keptn-source counts, as Prometheus reads it.
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  /** @param way `nats` as it was published, `api` from Keptn's list or datastore */
  received(way: "nats" | "api"): void;
  /** @param lagSeconds from the event's own time until the sink took it */
  sent(lagSeconds: number): void;
  retried(): void;
  /** The sink will never take it. */
  refused(): void;
  /** Not taken for now: Keptn's list has it, and it is fetched again. */
  returned(): void;
  /** Nobody waited for it any more. */
  over(): void;
  /** No room: `listed` comes again from Keptn's list, `unlisted` may be lost. */
  dropped(kind: "listed" | "unlisted"): void;
  lookEnded(result: "ok" | "failed"): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Gauges {
  /** Events that are held until the sink takes them. */
  readonly waiting: () => number;
  /** How long the oldest of them has been held. */
  readonly oldestWaitingSeconds: () => number;
  /** Where events come by NATS. */
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
  const received = count("received", "Events that came from Keptn and were new, by the way they came.", ["way"]);
  const sent = count("sent", "Events that the sink took.");
  const retried = count("retried", "Attempts that the sink did not take, and that are repeated.");
  const refused = count("failed", "Events that the sink refused for good.");
  const returned = count("returned", "Events left to Keptn's list after some attempts; they are fetched again.");
  const over = count("over", "Events that Keptn waited for no longer before the sink took them.");
  const dropped = count("dropped", "Events by NATS for which there was no room; listed ones are fetched later.", [
    "kind",
  ]);
  const looks = count("looks", "Looks at what Keptn has open, by how they ended.", ["result"]);
  const lag = new Histogram({
    name: "keptn_source_lag_seconds",
    help: "From an event's own time until the sink took it.",
    buckets: lagBuckets,
    registers,
  });
  gauge("waiting", "Events held until the sink takes them.", gauges.waiting);
  gauge("oldest_waiting_seconds", "How long the oldest of them has been held.", gauges.oldestWaitingSeconds);
  const { connected } = gauges;
  if (connected) gauge("nats_connected", "1 while there is a connection to NATS.", () => Number(connected()));
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
    lookEnded: (result) => looks.inc({ result }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
