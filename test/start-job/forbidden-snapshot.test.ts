// FILES_MODE=snapshot when start-job may not create the ConfigMap of one run: the event's other runs start anyway.
import assert from "node:assert/strict";
import { test } from "node:test";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { makeFilesDouble } from "../doubles/keptn-files.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const events = `events: [{name: ${type}}]`;
const config = `apiVersion: v2
actions:
  - {name: with files, silent: true, ${events}, tasks: [{name: backup, image: alpine, files: [run.sh]}]}
  - {name: without, ${events}, tasks: [{name: deploy, image: alpine}]}
`;

test("a run whose files cannot be stored stops no other run, and the delivery says why", async (context) => {
  const world = await openWorld(context, { FILES_MODE: "snapshot" });
  world.keptn.plane.projects.addFiles({ project: "sockshop" } as never, { "job/config.yaml": config });
  const event = world.keptn.trigger({ type });
  const forbidden = new IoError("configmaps is forbidden", { retryable: false, httpStatus: 403 });
  world.snapshots.fault = { when: "before", error: forbidden };
  const files = { connect: () => makeFilesDouble({ service: { "run.sh": "#!/bin/sh" } }) };
  const { why } = await toDeliveryResult(world.ports.log, () => startJob({ ...world.ports, files })(event));
  assert.match(why, /configmaps is forbidden/);
  const isReleased = (task: string) =>
    world.jobs().find(({ metadata }) => metadata?.labels?.[label.task] === task)?.spec?.suspend === false;
  assert.deepEqual([isReleased("backup"), isReleased("deploy")], [false, true]);
  assert.equal(world.sent("started").length, 1);
});
