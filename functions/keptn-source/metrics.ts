// keptn-source's Prometheus metrics.
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Gauges {
  readonly waiting: () => number;
  readonly oldestWaitingSeconds: () => number;
  /** Only with NATS. */
  readonly connected?: () => boolean;
}

export type Metrics = ReturnType<typeof makeMetrics>;

const lagBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export const makeMetrics = ({ waiting, oldestWaitingSeconds, connected }: Gauges) => {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `keptn_source_${name}_total`, help, labelNames, registers });
  addGauge(registry, "waiting", "Events held until the sink accepts them.", waiting);
  addGauge(registry, "oldest_waiting_seconds", "Time that the oldest held event has waited.", oldestWaitingSeconds);
  if (connected) addGauge(registry, "nats_connected", "1 while connected to NATS.", () => Number(connected()));
  return {
    /** `nats`: as published; `api`: from Keptn's list or datastore. */
    received: counter("received", "New events received from Keptn, by channel.", ["way"]),
    sent: counter("sent", "Events that the sink accepted."),
    retried: counter("retried", "Attempts that failed and are retried."),
    refused: counter("failed", "Events that the sink refused permanently."),
    returned: counter("returned", "Events returned to Keptn's list after several attempts; they are fetched again."),
    over: counter("over", "Events that Keptn stopped waiting for before the sink accepted them."),
    dropped: counter("dropped", "Events from NATS dropped for lack of capacity; listed ones are fetched later.", [
      "kind",
    ]),
    polls: counter("looks", "Polls of Keptn's open events, by result.", ["result"]),
    lagSeconds: new Histogram({
      name: "keptn_source_lag_seconds",
      help: "Time from an event's own time until the sink accepted it.",
      buckets: lagBuckets,
      registers,
    }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};

const addGauge = (registry: Registry, name: string, help: string, value: () => number): void => {
  const collect = function (this: Gauge): void {
    this.set(value());
  };
  new Gauge({ name: `keptn_source_${name}`, help, registers: [registry], collect });
};
