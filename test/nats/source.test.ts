// keptn-source with a real nats-server, while one thing after the other breaks: every event arrives, in order within its sequence.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../doubles/event-sink.ts";
import { noNats } from "./harness/nats-server.ts";
import { openNatsWorld } from "./harness/world.ts";

/** How long the sink is down under load; 60 is the long form. */
const downSeconds = Number(process.env["SINK_DOWN_SECONDS"] ?? 4);
const perSecond = 200;

/** Evenly, as far as this machine keeps up. */
const atRate = async (count: number, act: () => void): Promise<void> => {
  const beganMs = performance.now();
  for (let done = 0; done < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - beganMs) / 1000) * perSecond));
    for (; done < due; done++) act();
    await sleep(20);
  }
};

describe("keptn-source on a real NATS", { skip: noNats }, () => {
  test("passes on each event once, in binary mode, in the order of its sequence", async (t) => {
    const { keptn, sink, start, trigger, untilAllDone } = await openNatsWorld(t);
    const source = await start();
    const calls = keptn.calls.length;
    for (let n = 0; n < 50; n++) trigger();
    await untilAllDone(30);
    assert.equal(sink.arrived.length, 150);
    assert.equal(keptn.calls.slice(calls).filter((call) => !/^PUT|project|mongodb|triggered/.test(call)).length, 0);
    assert.equal(await source.metric('keptn_source_received_total{way="nats"}'), 150);
  });

  test("passes on once what is published twice and matches two subscriptions", async (t) => {
    const { keptn, sink, publish, start, trigger, untilAllDone } = await openNatsWorld(t);
    await start({ PUBSUB_TOPIC: "sh.keptn.event.*.triggered,sh.keptn.event.test.*,sh.keptn.event.release.triggered" });
    const twice = keptn.plane.published;
    for (let n = 0; n < 50; n++) trigger();
    for (let n = 0; n < 20; n++) {
      for (const event of twice) publish(event);
      await sleep(20);
    }
    await untilAllDone(30);
    assert.equal(sink.arrived.filter(({ type }) => type.endsWith(".triggered")).length, 150);
  });

  test("gets every event by NATS where subjects overlap, whichever of them brings it", async (t) => {
    const { start, trigger, untilAllDone } = await openNatsWorld(t);
    const PUBSUB_TOPIC = "sh.keptn.event.*.triggered,sh.keptn.event.test.*,sh.keptn.event.release.>";
    const source = await start({ PUBSUB_TOPIC });
    for (let n = 0; n < 50; n++) trigger();
    await untilAllDone(30);
    assert.equal(await source.metric('keptn_source_received_total{way="nats"}'), 150);
  });

  test("two of them share the events, as one queue group", async (t) => {
    const { sink, start, trigger, untilAllDone } = await openNatsWorld(t);
    const two = [await start(), await start()];
    await sleep(1500); // the looks that each of them begins with are over
    for (let n = 0; n < 100; n++) trigger();
    await untilAllDone(30);
    const shares = await Promise.all(two.map((one) => one.metric("keptn_source_sent_total")));
    assert.ok(
      shares.every((share) => share > 0),
      String(shares),
    );
    assert.ok(sink.arrived.length < 450, `${sink.arrived.length} deliveries of 300 events`);
  });

  test("two installations on one Keptn get every event each, and not half of them", async (t) => {
    const { start, trigger, untilAllDone } = await openNatsWorld(t);
    const two = [await start({ K8S_NAMESPACE: "a" }), await start({ K8S_NAMESPACE: "b" })];
    for (let n = 0; n < 30; n++) trigger();
    await untilAllDone(30);
    for (const one of two) {
      await until("all", async () => (await one.metric('keptn_source_received_total{way="nats"}')) === 90);
    }
  });

  test("fetches what it missed while its connection was cut, again and again", async (t) => {
    const { cut, start, trigger, untilAllDone } = await openNatsWorld(t);
    const source = await start();
    const connected = () => source.lines.filter((line) => line.includes("connected to NATS")).length;
    const load = atRate(600, trigger);
    for (let times = 1; times <= 3; times++) {
      await sleep(300);
      cut();
      await until("it is connected again", () => connected() > times);
    }
    await load;
    await untilAllDone(60);
  });

  test("fetches what it missed while the server was restarted", async (t) => {
    const { nats, start, trigger, untilAllDone } = await openNatsWorld(t);
    await start();
    const load = atRate(600, trigger);
    await sleep(500);
    await nats.stop();
    await sleep(1000);
    await nats.start();
    await load;
    await untilAllDone(60);
  });

  test("is started before NATS is there, and connects when it is", async (t) => {
    const { nats, start, trigger, untilAllDone } = await openNatsWorld(t);
    await nats.stop();
    const starting = start();
    await sleep(500);
    trigger();
    await nats.start();
    await starting;
    trigger();
    await untilAllDone(60);
  });

  test(`keeps nothing in memory that Keptn lists, while the sink is down for ${downSeconds} s under ${perSecond} events/s`, async (t) => {
    const { keptn, sink, start, trigger, untilAllDone } = await openNatsWorld(t);
    // With so little memory it would not survive keeping them.
    const source = await start({ LOG_LEVEL: "warn", NODE_OPTIONS: "--max-old-space-size=64 --max-semi-space-size=2" });
    const load = atRate((downSeconds + 2) * perSecond, trigger);
    await sleep(1000);
    sink.goAway();
    await sleep(downSeconds * 1000);
    assert.ok((await source.metric("keptn_source_waiting")) <= 200);
    sink.back();
    await load;
    await untilAllDone(60 + downSeconds * 10);
    const twice = sink.arrived.length - sink.taken().length;
    const taken = `${sink.taken().length} events, ${twice} of them twice`;
    t.diagnostic(`${taken}; ${keptn.calls.length} requests to Keptn; ${source.peakMiB()?.toFixed()} MiB at most`);
    assert.equal(source.child.exitCode, null);
  });

  test("loses nothing when it is killed in mid-stream, five times", async (t) => {
    const { start, trigger, untilAllDone } = await openNatsWorld(t);
    let source = await start();
    const load = atRate(1000, trigger);
    for (let n = 0; n < 5; n++) {
      await sleep(600);
      await source.end("SIGKILL");
      source = await start();
    }
    await load;
    await untilAllDone(60);
  });

  test("delivers what it has when it is told to end, and takes no more", async (t) => {
    const { sink, start, trigger, untilAllDone } = await openNatsWorld(t);
    const source = await start();
    sink.answer(async () => {
      await sleep(300);
      return 202;
    });
    for (let n = 0; n < 10; n++) trigger();
    await until("they are under way", async () => (await source.metric("keptn_source_waiting")) === 10);
    await source.end("SIGTERM");
    assert.equal(source.child.exitCode, 0);
    assert.ok(sink.taken().length >= 10);
    await start();
    await untilAllDone(60);
  });
});
