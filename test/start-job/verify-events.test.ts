// VERIFY_EVENTS: only the id, type and project of an incoming event are used; the rest comes from Keptn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotation } from "../../functions/lib/core/annotations/annotations.ts";
import { envelopeOf, type KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const env = `[{name: SAYS, valueFrom: event, value: $.data.says}]`;
const config = `apiVersion: v2
actions: [{name: deploy, events: [{name: ^${type}$}], tasks: [{name: only, image: alpine, env: ${env}}]}]
`;

const deliver = ({ ports }: World, event: unknown) => toDeliveryResult(ports.log, () => startJob(ports)(event));

type Forge = (event: KeptnEvent) => KeptnEvent;

/** What anybody could send with an id that Keptn knows. */
const forgeries: Readonly<Record<string, Forge>> = {
  service: (event) => ({ ...event, data: { ...event.data, service: "payment" } }),
  stage: (event) => ({ ...event, data: { ...event.data, stage: "production" } }),
  data: (event) => ({ ...event, data: { ...event.data, says: "$(id)" } }),
  labels: (event) => ({ ...event, data: { ...event.data, labels: { a: "b" } } }),
  commit: (event) => ({ ...event, gitcommitid: "0123456789012345678901234567890123456789" }),
  context: (event) => ({ ...event, shkeptncontext: "00000000-0000-4000-8000-000000000000" }),
};

for (const [what, forge] of Object.entries(forgeries)) {
  test(`an event with a valid id and a forged ${what} runs as Keptn has it`, async (context) => {
    const world = await openWorld(context, { VERIFY_EVENTS: "true" });
    world.configure(config);
    const event = world.keptn.trigger({ type, data: { says: "Keptn" } });
    await deliver(world, forge(event));
    const [job] = world.jobs();
    assert.deepEqual(JSON.parse(job?.metadata?.annotations?.[annotation.event] ?? "null"), envelopeOf(event));
    const given = job?.spec?.template.spec?.containers[0]?.env ?? [];
    const values = Object.fromEntries(given.map(({ name, value }) => [name, value]));
    assert.deepEqual([values["KEPTN_SERVICE"], values["KEPTN_STAGE"], values["SAYS"]], ["carts", "dev", "Keptn"]);
    assert.ok(!("LABELS_A" in values));
  });
}

/** Keptn is asked with these, and the source says where to look. */
const misnamed: Readonly<Record<string, Forge>> = {
  id: (event) => ({ ...event, id: "forged" }),
  type: (event) => ({ ...event, type: "sh.keptn.event.test.triggered" }),
  project: (event) => ({ ...event, data: { ...event.data, project: "other" } }),
};

for (const [what, change] of Object.entries(misnamed)) {
  test(`an event with another ${what} than in Keptn runs nothing`, async (context) => {
    const world = await openWorld(context, { VERIFY_EVENTS: "true" });
    world.configure(config);
    const answer = await deliver(world, change(world.keptn.trigger({ type, data: { says: "Keptn" } })));
    assert.match(answer.why ?? "", /^Keptn has no open event/);
    assert.deepEqual([world.jobs(), world.keptn.plane.received], [[], []]);
  });
}

for (const how of ["whole", "thin"] as const) {
  test(`a ${how} event that Keptn does not have yet is looked up again, and runs`, async (context) => {
    const world = await openWorld(context, { VERIFY_EVENTS: "true" });
    world.configure(config);
    const event = world.keptn.trigger({ type, data: { says: "Keptn" } });
    const sent = how === "whole" ? event : { id: event.id, type, source: "x", data: { project: "sockshop" } };
    let questions = 0;
    const getEvent: World["ports"]["keptn"]["getEvent"] = async (ref) =>
      ++questions === 1 ? undefined : world.ports.keptn.getEvent(ref);
    const beforeMs = world.ports.clock.now().getTime();
    await deliver({ ...world, ports: { ...world.ports, keptn: { ...world.ports.keptn, getEvent } } }, sent);
    assert.deepEqual([questions, world.jobs().length], [2, 1]);
    assert.ok(world.ports.clock.now().getTime() - beforeMs >= 5000);
  });
}

test("verification costs one request to Keptn, for whole events and for thin ones", async (context) => {
  const world = await openWorld(context, { VERIFY_EVENTS: "true" });
  world.configure(config);
  const event = world.keptn.trigger({ type, data: { says: "Keptn" } });
  for (const sent of [event, { id: event.id, type, source: "x", data: { project: "sockshop" } }]) {
    const before = world.keptn.calls.length;
    await deliver(world, sent);
    const calls = world.keptn.calls.slice(before);
    assert.equal(calls.filter((call) => /event\/triggered|mongodb-datastore/.test(call)).length, 1, calls.join("\n"));
  }
  assert.equal(world.jobs().length, 1);
});
