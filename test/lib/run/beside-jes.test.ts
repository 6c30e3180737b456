// Alongside job-executor-service, which reports as the same source: how docs/migrate.md describes Keptn's counts.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../../functions/finish-task/handler.ts";
import { envelopeOf, type KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { makeFinished, makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld, type World } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions: [{name: deploy, events: [{name: ${type}}], tasks: [{name: only, image: alpine}]}]
`;

const trigger = async (context: TestContext): Promise<{ world: World; event: KeptnEvent }> => {
  const world = await openWorld(context);
  world.configure(config);
  return { world, event: world.keptn.trigger({ type }) };
};

const jes = ({ ports }: World, event: KeptnEvent) => {
  const [envelope, source] = [envelopeOf(event), "job-executor-service"];
  const finished = makeFinished({ event: envelope, source, reports: [], results: [], maxBytes: 4096 });
  return {
    starts: () => ports.keptn.send(makeStarted(envelope, source)),
    finishes: () => ports.keptn.send(finished),
  };
};

const countsOf = ({ keptn }: World, event: KeptnEvent) => {
  const { state, started, finished } = keptn.counts(event.id) ?? {};
  return { state, started, finished };
};

const endOurs = async (world: World) => {
  for (const job of world.jobs()) world.end(job, { exitCode: 0 });
  await finishTask(world.ports, new Set())({ type: "dev.knative.sources.ping", data: { action: "sweep" } });
};

describe("an event that JES handles too", () => {
  test("ends when JES was interrupted: its missing .finished is sent", async (context) => {
    const { world, event } = await trigger(context);
    await jes(world, event).starts();
    await startJob(world.ports)(event);
    await endOurs(world);
    assert.deepEqual(countsOf(world, event), { state: "complete", started: 2, finished: 2 });
  });

  test("waits for both when they overlap", async (context) => {
    const { world, event } = await trigger(context);
    await jes(world, event).starts();
    await startJob(world.ports)(event);
    await jes(world, event).finishes();
    assert.equal(countsOf(world, event).state, "current");
    await endOurs(world);
    assert.deepEqual(countsOf(world, event), { state: "complete", started: 2, finished: 2 });
  });

  test("is over when JES finished before we began: the task runs, and Keptn gets no further event", async (context) => {
    const { world, event } = await trigger(context);
    await jes(world, event).starts();
    await jes(world, event).finishes();
    assert.equal(countsOf(world, event).state, "complete");
    await startJob(world.ports)(event);
    assert.equal(world.jobs().length, 1);
    await endOurs(world);
    assert.equal(world.sent("finished").length, 1);
  });
});
