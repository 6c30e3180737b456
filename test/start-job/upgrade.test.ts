// During an upgrade, an event for which version 0.1.0 created Jobs can be redelivered to this version within seconds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobNameOf, label, runIdOf } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { planRuns } from "../../functions/lib/core/plan/plan.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { openWorld, type World } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const action = (name: string, event: string) =>
  `  - {name: ${name}, events: [{name: ${event}}], tasks: [{name: one, image: alpine}, {name: two, image: alpine}]}\n`;
const config = `apiVersion: v2\nactions:\n${action("lint", "sh.keptn.event.test.triggered")}${action("deploy", type)}`;

/** 0.1.0 numbered runs by the action's index in the config. */
const jobsOf010 = ({ ports: { settings } }: World, event: KeptnEvent): readonly Job[] => {
  const plan = planRuns({ event, configText: config, configFile: "job/config.yaml", settings });
  assert.ok(plan.kind === "run");
  const text = JSON.stringify(plan.runs.flatMap(({ jobs }) => jobs));
  return JSON.parse(text.replaceAll(runIdOf(event.id, 0), runIdOf(event.id, 1))) as Job[];
};

test("a run of the config's second action that 0.1.0 created is continued, and no second one is created", async (context) => {
  const world = await openWorld(context);
  world.configure(config);
  const event = world.keptn.trigger({ type });
  for (const job of jobsOf010(world, event)) await world.ports.jobs.create(job);
  await startJob(world.ports)(event);
  assert.deepEqual(
    world.jobs().map(({ metadata }) => metadata?.name),
    [0, 1].map((place) => jobNameOf(runIdOf(event.id, 1), place)),
  );
  assert.equal(world.jobs()[0]?.metadata?.labels?.[label.run], runIdOf(event.id, 1));
});
