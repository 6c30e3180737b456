import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";
import { isWanted, type Subscription, subscriptionsOf } from "../../../../functions/lib/core/source/subscription.ts";

const event: KeptnEvent = {
  id: "1",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  shkeptncontext: "c",
  data: { project: "sockshop", stage: "dev", service: "carts" },
};

const to = (type: string, filter: Partial<Subscription["filter"]> = {}): Subscription => ({
  event: type,
  filter: { projects: [], stages: [], services: [], ...filter },
});

describe("subscriptions", () => {
  for (const [what, subscription, expected] of [
    ["of its type", to(event.type), true],
    ["of a pattern", to("sh.keptn.event.*.triggered"), true],
    ["of another type", to("sh.keptn.event.deployment.triggered"), false],
    ["of its project", to(event.type, { projects: ["other", "sockshop"] }), true],
    ["of another project", to(event.type, { projects: ["other"] }), false],
    ["of its project, and another stage", to(event.type, { projects: ["sockshop"], stages: ["prod"] }), false],
    ["of its stage and service", to(event.type, { stages: ["dev"], services: ["carts"] }), true],
    ["of another service", to(event.type, { services: ["orders"] }), false],
  ] as const) {
    test(`one ${what} ${expected ? "wants" : "does not want"} an event`, () =>
      assert.equal(isWanted([subscription], event), expected));
  }

  test("match when one of several matches", () => {
    assert.ok(isWanted([to("sh.keptn.event.release.triggered"), to(event.type)], event));
    assert.ok(!isWanted([], event));
  });

  test("from the settings are one per topic, all with the same filters", () => {
    const parsed = parseSettings({
      PUBSUB_TOPIC: "a.b, c.>",
      PROJECT_FILTER: "sockshop,podtato",
      SERVICE_FILTER: "carts",
    });
    assert.ok("settings" in parsed);
    const filter = { projects: ["sockshop", "podtato"], stages: [], services: ["carts"] };
    assert.deepEqual(subscriptionsOf(parsed.settings), [
      { event: "a.b", filter },
      { event: "c.>", filter },
    ]);
  });

  test("cover every task that Keptn triggers by default, and no event that we send", () => {
    const parsed = parseSettings({});
    assert.ok("settings" in parsed);
    const all = subscriptionsOf(parsed.settings);
    assert.ok(isWanted(all, event));
    assert.ok(!isWanted(all, { ...event, type: "sh.keptn.event.test.finished" }));
    assert.ok(!isWanted(all, { ...event, type: "sh.keptn.event.dev.delivery.triggered" }));
  });
});
