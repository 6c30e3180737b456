// Projects whose events the sink does not accept: no other project waits for them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../doubles/event-sink.ts";
import { openSourceWorld, type SourceWorld, shipyard } from "../doubles/source-world.ts";

const type = "sh.keptn.event.test.triggered";

/** The sink neither accepts nor refuses any event outside the project `good`, like a Broker that keeps retrying. */
const hang = (t: { after(end: () => void): void }, { sink }: SourceWorld): void => {
  let removeFinalizer = () => {};
  const end = new Promise<void>((resolve) => {
    removeFinalizer = resolve;
  });
  t.after(removeFinalizer);
  sink.answer(async ({ project }) => {
    if (project === "good") return 202;
    await end;
    return 503;
  });
};

const openWorld = async (t: Parameters<typeof openSourceWorld>[0], projects: readonly string[]) => {
  const world = await openSourceWorld(t);
  for (const name of ["good", ...projects]) world.keptn.plane.projects.create(name, shipyard, new Map());
  return world;
};

const trigger = ({ keptn }: SourceWorld, project: string): string => keptn.trigger({ type, ...{ project } }).id;

describe("keptn-source with a stuck project", () => {
  for (const [projects, events, listens] of [
    [1, 40, true],
    [1, 250, true],
    [1, 250, false],
    [6, 120, true],
  ] as const) {
    const how = listens ? "by NATS" : "by polling";
    test(`${projects} with ${events} events each, ${how}: another project's event is delivered`, async (t) => {
      const names = Array.from({ length: projects }, (_, n) => `bad-${n}`);
      const world = await openWorld(t, names);
      hang(t, world);
      for (const name of names) for (let n = 0; n < events; n++) trigger(world, name);
      const source = world.start({ listens });
      await until(
        "they wait",
        async () => (await world.metric(source, "keptn_source_waiting")) >= Math.min(events, 100),
      );
      const good = [trigger(world, "good"), trigger(world, "good")];
      await until("the good ones", () => good.every((id) => world.sink.taken().includes(id)));
      assert.deepEqual(new Set(world.sink.taken()), new Set(good));
    });
  }

  test("returns an event to Keptn's list after some attempts, which makes room for others of its project", async (t) => {
    const world = await openWorld(t, ["bad"]);
    const { sink, start, metric } = world;
    const stuck = Array.from({ length: 150 }, () => trigger(world, "bad"));
    sink.answer(({ id }) => (stuck.includes(id) ? 503 : 202));
    const source = start({ listens: true });
    await until("some went back", async () => (await metric(source, "keptn_source_returned_total")) > 0);
    const last = trigger(world, "bad");
    await until("the one that can be delivered", () => sink.taken().includes(last));
    assert.deepEqual(sink.taken(), [last]);
    sink.answer(202);
    await until("all", () => sink.taken().length === 151);
    await until("nothing waits", async () => (await metric(source, "keptn_source_waiting")) === 0);
    const sent = sink.taken().length;
    await sleep(100); // ten seconds on its clock: nothing arrives twice
    assert.equal(sink.arrived.filter(({ status }) => status === 202).length, sent);
  });

  for (const listens of [true, false]) {
    test(`drops events that Keptn no longer lists, ${listens ? "listening" : "polling"}`, async (t) => {
      const world = await openWorld(t, ["bad"]);
      const { keptn, sink, start, metric, lines } = world;
      hang(t, world);
      const [over, open] = [trigger(world, "bad"), trigger(world, "bad")];
      const source = start({ listens, env: { CATCH_UP_SECONDS: "5" } });
      await until("both wait", async () => (await metric(source, "keptn_source_waiting")) === 2);
      keptn.plane.shipyard.timeOut(over);
      await until("one is left", async () => (await metric(source, "keptn_source_waiting")) === 1);
      assert.equal(await metric(source, "keptn_source_over_total"), 1);
      assert.ok(lines.some(({ message, event }) => event === over && /no longer waits for this event/.test(message)));
      sink.answer(202);
      assert.deepEqual(
        sink.taken().filter((id) => id !== open),
        [],
      );
    });
  }
});
