// How start-job handles the event that `job-executor check` sends, and what check finds in the log.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { makeDryEvent, readDryEvent } from "../../functions/lib/core/check/dry-event.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const id = "b5f619c5-627b-4a34-9b95-dcff75a8d236";

const deliver = async (world: World) => {
  const handle = () => startJob(world.ports)(makeDryEvent(id, []));
  const answer = await toDeliveryResult(world.ports.log, handle, { event: id });
  const log = world.lines.map((line) => JSON.stringify({ time: "2026-01-02T03:04:05Z", ...line })).join("\n");
  return { answer, seen: readDryEvent(log, id) };
};

const open = (context: TestContext, env: Record<string, string>) => openWorld(context, env);

describe("a dry event", () => {
  for (const env of [{}, { VERIFY_EVENTS: "true" }, { ALWAYS_SEND_FINISHED_EVENT: "true" }]) {
    test(`arrives and has no effect with ${JSON.stringify(env)}`, async (context) => {
      const world = await open(context, env);
      const { answer, seen } = await deliver(world);
      assert.deepEqual([answer.statusCode, seen], [204, "arrived"]);
      assert.deepEqual([world.jobs(), world.keptn.plane.received], [[], []]);
      assert.ok(world.keptn.calls.every((call) => JSON.stringify(call).includes("GET")));
    });
  }
  test("fails with Keptn's message when Keptn refuses our token", async (context) => {
    const world = await open(context, {});
    world.keptn.token = "another";
    const { answer, seen } = await deliver(world);
    assert.equal(answer.statusCode, 503);
    assert.match(JSON.stringify(seen), /^\{"failed":"will be retried: Keptn GET .*: 401\b/);
  });
  test("fails when Keptn is not reachable", async (context) => {
    const world = await open(context, {});
    await world.keptn.close();
    const { seen } = await deliver(world);
    assert.match(JSON.stringify(seen), /ECONNREFUSED|no connection|closed|hang up/);
  });
});
