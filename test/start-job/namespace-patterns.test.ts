// A namespace that ALLOWED_NAMESPACES allows only by a pattern: Jobs there are found like elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const configOf = (tasks: string) =>
  `apiVersion: v2\nactions:\n  - {name: deploy, events: [{name: ${type}}], tasks: ${tasks}}\n`;

for (const allowed of ["team-*", "*"]) {
  test(`with ALLOWED_NAMESPACES=${allowed} an event whose config broke since is not refused while its Jobs run`, async (context) => {
    const world = await openWorld(context, { ALLOWED_NAMESPACES: allowed });
    const event = world.keptn.trigger({ type });
    const deliver = () => toDeliveryResult(world.ports.log, () => startJob(world.ports)(event));
    world.configure(configOf("[{name: one, image: alpine, namespace: team-a}]"));
    await deliver();
    assert.deepEqual(
      world.jobs().map(({ metadata }) => metadata?.namespace),
      ["team-a"],
    );
    world.configure(configOf("5"));
    assert.equal((await deliver()).why, "1 runs, planned before");
    assert.deepEqual([world.sent("started").length, world.sent("finished").length], [1, 0]);
  });
}
