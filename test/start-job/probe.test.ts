import assert from "node:assert/strict";
import { test } from "node:test";
import { probeType } from "../../functions/lib/core/connect/probe.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

test("the probe of connect gets its response without reading a config, since an action for every event would run", async (t) => {
  const world = await openWorld(t);
  world.configure("apiVersion: v2\nactions: [{name: all, events: [{name: '.*'}], tasks: [{name: a, image: b}]}]");
  const probe = world.keptn.trigger({ type: probeType, source: "job-executor-connect" });
  const thin = {
    id: probe.id,
    type: probeType,
    source: probe.source,
    specversion: "1.0",
    data: { project: "sockshop" },
  };
  assert.equal((await startJob(world.ports)(thin)).statusCode, 204);
  assert.deepEqual(world.jobs(), []);
  assert.deepEqual(
    world.sent("finished").map(({ type, data }) => [type, data["result"]]),
    [["sh.keptn.event.job-executor-probe.finished", "pass"]],
  );
  assert.deepEqual(world.sent("started"), []);
});
