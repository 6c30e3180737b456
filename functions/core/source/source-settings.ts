// Settings of keptn-source: where Keptn's events come from, and where they go.
import { flag, text, whole } from "../setting-types.ts";

export const sourceSettings = {
  PUBSUB_URL: text().describe("Keptn's NATS server, e.g. nats://keptn-nats.keptn; default: Keptn's API is polled."),
  PUBSUB_GROUP: text().describe(
    "NATS queue group, whose members share the events; default: KEPTN_SOURCE and K8S_NAMESPACE, with a dot between.",
  ),
  DISABLE_REGISTRATION: flag(false).describe(
    "true: Keptn's Bridge neither shows nor changes our subscriptions, PUBSUB_TOPIC and the filters are all there is.",
  ),
  HTTP_POLLING_INTERVAL: whole(10, 1).describe("Seconds between two looks for events, where Keptn's API is polled."),
  CATCH_UP_SECONDS: whole(180, 5).describe(
    "Seconds between two looks for what NATS did not bring, and for subscriptions that were changed in Keptn's Bridge.",
  ),
  DRAIN_SECONDS: whole(20).describe("Seconds that events under way are given at the program's end."),
  K_SINK: text().describe("Where events are sent, e.g. a Broker's address; a SinkBinding sets it."),
  K_SINK_TIMEOUT: whole(300, 1).describe(
    "Seconds that the sink may take for one event: a Broker answers when start-job has taken it.",
  ),
  K_CE_OVERRIDES: text().describe('CloudEvents extensions for every event, as {"extensions": {"name": "value"}}.'),
  K_CA_CERTS: text().describe("Certificate authorities (PEM) that an https:// sink's certificate may come from."),
} as const;
