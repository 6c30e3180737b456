import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";
import { compareTopics } from "../../../../functions/lib/core/source/compare-topics.ts";
import { natsGroupOf } from "../../../../functions/lib/core/source/nats-group.ts";
import type { Subscription } from "../../../../functions/lib/core/source/subscription.ts";

const settingsFrom = (env: Readonly<Record<string, string>>) => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed);
  return parsed.settings;
};

const any = { projects: [], stages: [], services: [] };
const at = (event: string, filter: Partial<Subscription["filter"]> = {}): Subscription => ({
  event: `sh.keptn.event.${event}`,
  filter: { ...any, ...filter },
});

const compare = (env: Readonly<Record<string, string>>, ...registered: Subscription[]) =>
  compareTopics(settingsFrom(env), registered);

describe("the settings and Keptn's registration", () => {
  test("agree, in other words too", () => {
    assert.equal(compare({}, at("*.triggered")), undefined);
    assert.equal(compare({ PROJECT_FILTER: "a,b" }, at("*.triggered", { projects: ["b", "a"] })), undefined);
  });
  test("differ in a type that nobody receives", () => {
    const { kind, seen } = compare({}, at("test.triggered")) ?? {};
    assert.equal(kind, "missing");
    assert.match(
      seen ?? "",
      /takes precedence over PUBSUB_TOPIC: sh\.keptn\.event\.\*\.triggered is only in the settings/,
    );
  });
  test("differ in a filter", () => {
    assert.equal(compare({}, at("*.triggered", { stages: ["dev"] }))?.kind, "missing");
    const { kind, seen } = compare({ PROJECT_FILTER: "a" }, at("*.triggered")) ?? {};
    assert.deepEqual(
      [kind, seen?.endsWith("sh.keptn.event.*.triggered is only in Keptn and is delivered.")],
      ["more", true],
    );
  });
  test("differ in everything when users removed all subscriptions", () => {
    assert.equal(compare({})?.kind, "missing");
  });
});

describe("the queue group", () => {
  test("differs from that of another installation on the same Keptn, unless it is set", () => {
    assert.equal(natsGroupOf(settingsFrom({})), "job-executor-service.keptn-jes");
    assert.equal(natsGroupOf(settingsFrom({ K8S_NAMESPACE: "jes-2" })), "job-executor-service.jes-2");
    assert.equal(natsGroupOf(settingsFrom({ PUBSUB_GROUP: "ours" })), "ours");
  });
});
