import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSourceSettings } from "../../../../functions/lib/core/source/check-settings.ts";

const enough = { KEPTN_API_ENDPOINT: "http://keptn/api", KEPTN_API_TOKEN: "t", K_SINK: "http://broker/ns/keptn" };

const messagesOf = (env: Record<string, string>): readonly string[] => {
  const parsed = parseSourceSettings({ ...enough, ...env });
  return ("problems" in parsed ? parsed.problems : parsed.warnings).map(({ message }) => message);
};

describe("keptn-source's settings", () => {
  test("need a Keptn and a sink, to poll or to listen", () => {
    assert.ok("settings" in parseSourceSettings(enough));
    assert.ok("settings" in parseSourceSettings({ ...enough, PUBSUB_URL: "nats://keptn-nats.keptn:4222" }));
  });
  test("need Keptn's API, which is called even when NATS brings the events", () => {
    assert.deepEqual(messagesOf({ KEPTN_API_ENDPOINT: "", PUBSUB_URL: "nats://keptn-nats" }), [
      "KEPTN_API_ENDPOINT is not set.",
    ]);
  });
  test("are checked all at once", () => {
    const messages = messagesOf({
      K_SINK: "broker",
      PUBSUB_URL: "keptn-nats",
      PUBSUB_TOPIC: "sh.keptn.event.test.triggered,a b",
      K_CE_OVERRIDES: "{",
    });
    assert.deepEqual(messages, [
      'K_SINK="broker" is not an http:// or https:// address.',
      'K_CE_OVERRIDES is not a JSON object of the form {"extensions": {"name": "value"}}.',
      'PUBSUB_URL="keptn-nats" is not the address of a NATS server.',
      'PUBSUB_TOPIC has "a b", which is not an event type.',
    ]);
  });
  test("are named when missing", () => {
    assert.deepEqual(messagesOf({ K_SINK: "" }), ["K_SINK is not set, so events cannot be sent."]);
  });
});
