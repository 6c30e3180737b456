import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../doubles/event-sink.ts";
import { fastClock, openSourceWorld, type SourceWorld } from "../doubles/source-world.ts";

const type = "sh.keptn.event.test.triggered";

/** As many open events in Keptn, each of its own sequence. */
const triggerMany = ({ keptn }: SourceWorld, count: number): string[] =>
  Array.from({ length: count }, () => keptn.trigger({ type }).id);

/** Events of one sequence that Keptn does not count. */
const publishInOrder = ({ keptn }: SourceWorld, count: number, context: string): string[] =>
  Array.from({ length: count }, (_, n) => {
    const id = `${context}-${n}`;
    const data = { project: "sockshop", stage: "dev", service: "carts" };
    const attributes = { source: "somebody", specversion: "1.0", time: new Date().toISOString() } as const;
    keptn.plane.storeForeign({ id, type, ...attributes, shkeptncontext: context, data });
    return id;
  });

describe("keptn-source, delivering", () => {
  test("retries an event until the sink accepts it, and nothing of its sequence overtakes it", async (t) => {
    const world = await openSourceWorld(t);
    const { sink, start, metric, nats, lines } = world;
    let refusals = 2;
    sink.answer(({ id }) => (id === "a-0" && refusals-- > 0 ? 503 : 202));
    const source = start({ listens: true });
    await until("subscribed", () => nats.subjects().length > 0);
    const [first, second] = [publishInOrder(world, 3, "a"), publishInOrder(world, 3, "b")];
    await until("all", () => sink.taken().length === 6);
    assert.deepEqual(
      sink.taken().filter((id) => first.includes(id)),
      first,
    );
    assert.deepEqual(
      sink.taken().filter((id) => second.includes(id)),
      second,
    );
    assert.ok(sink.taken().indexOf("b-2") < sink.taken().indexOf("a-0"), "the other sequence does not wait");
    assert.deepEqual(
      [await metric(source, "keptn_source_retried_total"), await metric(source, "keptn_source_failed_total")],
      [2, 0],
    );
    assert.ok(lines.some(({ message }) => message.startsWith("the sink does not accept events of project sockshop")));
    assert.ok(lines.some(({ message }) => message === "the sink accepts events of project sockshop again"));
  });

  test("skips and logs an event that the sink will never accept", async (t) => {
    const world = await openSourceWorld(t);
    const { sink, start, metric, nats, lines } = world;
    sink.answer(({ id }) => (id === "a-0" ? 413 : 202));
    const source = start({ listens: true });
    await until("subscribed", () => nats.subjects().length > 0);
    publishInOrder(world, 2, "a");
    await until("the other", () => sink.taken().length === 1);
    assert.deepEqual(
      sink.arrived.map(({ id, status }) => [id, status]),
      [
        ["a-0", 413],
        ["a-1", 202],
      ],
    );
    assert.equal(await metric(source, "keptn_source_failed_total"), 1);
    assert.ok(lines.some(({ level, event }) => level === "error" && event === "a-0"));
  });

  test("skips an event that nests too deeply to be written", async (t) => {
    const { sink, start, metric, nats } = await openSourceWorld(t);
    const source = start({ listens: true });
    await until("subscribed", () => nats.subjects().length > 0);
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const data = `{"project":"p","stage":"s","service":"c","x":${deep}}`;
    const labels = data.replace('"x"', '"labels":{"a":1},"y"').replace('"a":1', `"a":${deep}`);
    for (const [id, given] of [
      ["x", data],
      ["labels", labels],
    ]) {
      nats.publish(`{"id":"${id}","type":"${type}","source":"s","shkeptncontext":"c","data":${given}}`);
    }
    nats.publish(
      `{"id":"2","type":"${type}","source":"s","shkeptncontext":"c","data":{"project":"p","stage":"s","service":"c"}}`,
    );
    await until("the next", () => sink.taken().length === 1);
    assert.equal(await metric(source, "keptn_source_failed_total"), 0); // not an event, like any other text
  });

  test("holds at most 100 events of a project while the sink is away, and delivers them all afterwards", async (t) => {
    const world = await openSourceWorld(t);
    const { sink, start, metric } = world;
    const ids = triggerMany(world, 250);
    sink.goAway();
    const source = start();
    const waiting = () => metric(source, "keptn_source_waiting");
    await until("it is full", async () => (await waiting()) === 100);
    await until(
      "events go back to Keptn's list",
      async () => (await metric(source, "keptn_source_returned_total")) > 0,
    );
    for (let n = 0; n < 20; n++) {
      assert.ok((await waiting()) <= 100);
      await sleep(10);
    }
    sink.back();
    await until("all", () => sink.taken().length === ids.length);
    assert.deepEqual(new Set(sink.taken()), new Set(ids));
  });

  test("waits for deliveries in progress when it stops", async (t) => {
    const world = await openSourceWorld(t);
    const { sink, start } = world;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    sink.answer(async () => {
      asked += 1;
      await held;
      return 202;
    });
    const ids = triggerMany(world, 3);
    const source = start({ env: { DRAIN_SECONDS: "600" } });
    await until("three are under way", () => asked === 3);
    const stopped = source.stop();
    const late = triggerMany(world, 1);
    setTimeout(release, 50);
    await stopped;
    assert.deepEqual(new Set(sink.taken()), new Set(ids));
    assert.ok(!sink.taken().includes(late[0]!));
  });

  test("gives up on deliveries that take too long when it stops, and logs it", async (t) => {
    const world = await openSourceWorld(t);
    const { sink, start, metric, lines } = world;
    sink.answer(() => sleep(600).then(() => 503)); // a minute on its clock
    triggerMany(world, 3);
    const source = start({ env: { DRAIN_SECONDS: "10" } });
    await until("three wait", async () => (await metric(source, "keptn_source_waiting")) === 3);
    await source.stop();
    assert.match(lines.at(-1)?.message ?? "", /^stopped with 3 undelivered events/);
  });

  test("is not ready while Keptn cannot be reached, and catches up afterwards", async (t) => {
    const world = await openSourceWorld(t);
    const { keptn, sink, start } = world;
    keptn.fault({ on: /./, kind: { status: 502 }, times: Number.POSITIVE_INFINITY });
    const source = start({ env: { KEPTN_RETRY_SECONDS: "1" } });
    assert.equal(source.whyNotReady(), "Keptn's API has not been reached yet.");
    const ids = triggerMany(world, 2);
    await sleep(100);
    keptn.clearFaults();
    await until("both", () => sink.taken().length === 2);
    assert.deepEqual(sink.taken(), ids);
    await until("ready", () => source.whyNotReady() === undefined);
  });

  test("is not alive when a poll does not end", async (t) => {
    const world = await openSourceWorld(t);
    world.keptn.fault({ on: /./, kind: "hang", times: Number.POSITIVE_INFINITY });
    let elapsedMs = 0;
    const clock = { ...fastClock, elapsedMs: () => elapsedMs };
    const source = world.start({ clock });
    assert.equal(source.whyNotAlive(), undefined);
    elapsedMs = 60 * 60 * 1000;
    assert.equal(source.whyNotAlive(), "The last poll of Keptn does not end.");
  });

  test("uses the settings when it may not register", async (t) => {
    const world = await openSourceWorld(t);
    const { keptn, sink, start, lines } = world;
    keptn.fault({ on: /uniform/, kind: { status: 403, body: "{}" }, times: Number.POSITIVE_INFINITY });
    const ids = triggerMany(world, 1);
    start();
    await until("it", () => sink.taken().length === 1);
    assert.deepEqual(sink.taken(), ids);
    assert.ok(lines.some(({ message }) => message.startsWith("using PUBSUB_TOPIC instead")));
  });

  test("delivers other events when Keptn cannot be asked about one", async (t) => {
    const world = await openSourceWorld(t);
    const { keptn, sink, start } = world;
    const stuck = keptn.trigger({ type });
    const ids = triggerMany(world, 2);
    const on = new RegExp(`sequence-execution.*${stuck.shkeptncontext}`);
    keptn.fault({ on, kind: { status: 400, body: "{}" }, times: Number.POSITIVE_INFINITY });
    start();
    await until("the others", () => sink.taken().length === 2);
    assert.deepEqual(sink.taken(), ids);
  });
});
