import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeUser } from "../contract/keptn-user.ts";
import { until } from "../doubles/event-sink.ts";
import { openSourceWorld } from "../doubles/source-world.ts";

const type = "sh.keptn.event.test.triggered";
const inDev = { project: "sockshop", stage: "dev", service: "carts" };

describe("keptn-source, polling", () => {
  test("passes on open events and new ones, each once", async (t) => {
    const { keptn, sink, start, metric } = await openSourceWorld(t);
    const before = keptn.trigger({ type, labels: { build: "17" } });
    const source = start();
    await until("the first", () => sink.taken().includes(before.id));
    const then = keptn.trigger({ type: "sh.keptn.event.release.triggered" });
    await until("the second", () => sink.taken().includes(then.id));
    await until("three more looks", async () => (await metric(source, 'keptn_source_looks_total{result="ok"}')) > 4);
    assert.deepEqual(
      sink.arrived.map(({ id }) => id),
      [before.id, then.id],
    );
    assert.deepEqual(sink.arrived[0]?.data, { ...inDev, labels: { build: "17" } });
    assert.equal(await metric(source, 'keptn_source_received_total{way="api"}'), 2);
    assert.equal(await metric(source, "keptn_source_sent_total"), 2);
    assert.equal(await metric(source, "keptn_source_lag_seconds_count"), 2);
    assert.equal(source.whyNotReady(), undefined);
  });

  test("passes on an event only when Keptn accepts responses to it, and then soon", async (t) => {
    const { keptn, sink, start, metric } = await openSourceWorld(t);
    const early = keptn.trigger({ type, heardAfterMs: Number.POSITIVE_INFINITY });
    const heard = keptn.trigger({ type });
    const source = start({ env: { HTTP_POLLING_INTERVAL: "600" } });
    await until("the one that is heard", () => sink.taken().includes(heard.id));
    assert.deepEqual(sink.taken(), [heard.id]);
    keptn.plane.shipyard.listen(early.id);
    await until("the other one", () => sink.taken().includes(early.id));
    assert.equal(await metric(source, 'keptn_source_looks_total{result="ok"}'), 1, "the interval is not over");
  });

  test("skips an event that ends before Keptn accepts responses to it", async (t) => {
    const { keptn, sink, start, metric } = await openSourceWorld(t);
    const early = keptn.trigger({ type, heardAfterMs: Number.POSITIVE_INFINITY });
    const source = start();
    await until("a look", async () => (await metric(source, 'keptn_source_looks_total{result="ok"}')) > 0);
    keptn.plane.shipyard.timeOut(early.id);
    const last = keptn.trigger({ type });
    await until("the last", () => sink.taken().includes(last.id));
    assert.deepEqual(sink.taken(), [last.id]);
  });

  test("carries a sequence to its end, task by task", async (t) => {
    const { keptn, sink, start } = await openSourceWorld(t, { answers: true });
    const user = makeUser(keptn);
    await user.createProject(
      "podtato",
      "spec: {stages: [{name: dev, sequences: [{name: a, tasks: [{name: x}, {name: y}]}]}]}",
    );
    start();
    const context = await user.trigger({ ...inDev, project: "podtato" }, "a");
    await until("finished", async () => (await user.status("podtato", context))?.state === "finished");
    assert.deepEqual(
      sink.arrived.map((event) => [event.type, event.context]),
      ["x", "y"].map((task) => [`sh.keptn.event.${task}.triggered`, context]),
    );
  });

  test("follows changes made in the Bridge", async (t) => {
    const { keptn, sink, start, lines } = await openSourceWorld(t);
    const user = makeUser(keptn);
    start({
      env: { PUBSUB_TOPIC: "sh.keptn.event.release.triggered", PROJECT_FILTER: "sockshop", CATCH_UP_SECONDS: "5" },
    });
    await until("subscribed", () => lines.some(({ message }) => message === "subscriptions"));
    const dev = keptn.trigger({ type });
    const prod = keptn.trigger({ type, stage: "prod" });
    const release = keptn.trigger({ type: "sh.keptn.event.release.triggered" });
    keptn.trigger({ type: "sh.keptn.event.release.triggered", project: "other" });
    await until("the release", () => sink.taken().includes(release.id));
    const filter = { projects: ["sockshop"], stages: ["prod"], services: [] };
    await user.subscribe("job-executor-service", { event: "sh.keptn.event.*.triggered", filter });
    await until("the new one", () => sink.taken().includes(prod.id));
    assert.deepEqual(sink.taken(), [release.id, prod.id]);
    assert.ok(!sink.taken().includes(dev.id));
  });

  test("sends open events again after a restart, and nothing else", async (t) => {
    const { keptn, sink, start } = await openSourceWorld(t);
    const [over, open] = [keptn.trigger({ type }), keptn.trigger({ type })];
    const first = start();
    await until("both", () => sink.taken().length === 2);
    await first.stop();
    keptn.plane.shipyard.timeOut(over.id);
    start();
    await until("again", () => sink.arrived.length === 3);
    assert.equal(sink.arrived[2]?.id, open.id);
  });

  test("reports a subscription that brings nothing without NATS", async (t) => {
    const { start, lines } = await openSourceWorld(t);
    start({ env: { PUBSUB_TOPIC: "sh.keptn.event.test.finished" } });
    await until("it says so", () =>
      lines.some(({ message }) => /has no effect: Keptn's API lists only triggered/.test(message)),
    );
  });

  test("finds lighthouse's get-sli in the datastore, unless somebody has already responded", async (t) => {
    const { keptn, sink, start } = await openSourceWorld(t);
    const getSli = { type: "sh.keptn.event.get-sli.triggered", source: "lighthouse-service" };
    const [answered, open] = [keptn.trigger(getSli), keptn.trigger(getSli)];
    const { id, shkeptncontext } = answered;
    const started = { type: "sh.keptn.event.get-sli.started", source: "prometheus", triggeredid: id, shkeptncontext };
    keptn.plane.storeForeign({ id: "1", specversion: "1.0", time: open.time!, data: inDev, ...started });
    start({ env: { CATCH_UP_SECONDS: "5" } });
    await until("the open one", () => sink.taken().includes(open.id));
    const later = keptn.trigger(getSli);
    await until("a later one", () => sink.taken().includes(later.id));
    assert.deepEqual(
      sink.arrived.map((event) => event.id),
      [open.id, later.id],
    );
  });
});
