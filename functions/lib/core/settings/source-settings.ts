// Settings of keptn-source: where it gets Keptn's events, and where it sends them.
import { flag, text, whole } from "./setting-types.ts";

export const sourceSettings = {
  PUBSUB_URL: text().describe(
    "URL of Keptn's NATS server, such as nats://keptn-nats.keptn; default: Keptn's API is polled.",
  ),
  PUBSUB_GROUP: text().describe(
    "NATS queue group, whose members share the events; default: KEPTN_SOURCE and K8S_NAMESPACE, joined by a dot.",
  ),
  DISABLE_REGISTRATION: flag(false).describe(
    "true: do not register in Keptn. Its Bridge neither shows nor changes our subscriptions; only PUBSUB_TOPIC and the filters count.",
  ),
  HTTP_POLLING_INTERVAL: whole(10, 1).describe("Seconds between two polls of Keptn's API for events."),
  CATCH_UP_SECONDS: whole(180, 5).describe(
    "Seconds between two checks for events that NATS did not deliver, and for subscriptions that were changed in Keptn's Bridge.",
  ),
  DRAIN_SECONDS: whole(20).describe("Seconds that events in progress may take when the program shuts down."),
  K_SINK: text().describe("URL that events are sent to, such as a Broker's; a SinkBinding sets it."),
  K_SINK_TIMEOUT: whole(300, 1).describe(
    "Seconds that the sink may take for one event: a Broker answers once start-job has accepted it.",
  ),
  K_CE_OVERRIDES: text().describe(
    'CloudEvents extensions to add to every event, as {"extensions": {"name": "value"}}.',
  ),
  K_CA_CERTS: text().describe("Certificate authorities (PEM) to trust for an https:// sink."),
} as const;
