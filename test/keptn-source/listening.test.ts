import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pLimit from "p-limit";
import { makeUser } from "../contract/keptn-user.ts";
import { until } from "../doubles/event-sink.ts";
import { openSourceWorld, shipyard } from "../doubles/source-world.ts";

const type = "sh.keptn.event.test.triggered";
const getSli = { type: "sh.keptn.event.get-sli.triggered", source: "lighthouse-service" };

describe("keptn-source, listening", () => {
  test("passes on events from NATS without asking Keptn", async (t) => {
    const { keptn, sink, start, nats, metric } = await openSourceWorld(t);
    const source = start({ listens: true });
    await until("ready", () => source.whyNotReady() === undefined);
    const looks = () => metric(source, 'keptn_source_looks_total{result="ok"}');
    await until("a second look, since it is connected", async () => (await looks()) === 2);
    const calls = keptn.calls.length;
    const [task, other] = [keptn.trigger({ type }), keptn.trigger(getSli)];
    await until("both", () => sink.taken().length === 2);
    assert.deepEqual(sink.taken(), [task.id, other.id]);
    assert.deepEqual(nats.subjects(), ["sh.keptn.event.*.triggered"]);
    assert.equal(keptn.calls.length, calls);
    assert.equal(await metric(source, 'keptn_source_received_total{way="nats"}'), 2);
    assert.equal(await metric(source, "keptn_source_nats_connected"), 1);
  });

  test("passes on an event once, even when it arrives twice or both ways", async (t) => {
    const { keptn, sink, start, nats } = await openSourceWorld(t);
    const listed = keptn.trigger({ type });
    start({ listens: true });
    await until("from the list", () => sink.taken().length === 1);
    const published = keptn.plane.published.find(({ id }) => id === listed.id);
    const event = keptn.trigger({ type });
    const again = [published, published, keptn.plane.published.at(-1)];
    for (const one of again) nats.publish(JSON.stringify(one));
    await until("both", () => sink.taken().length === 2);
    for (const one of again) nats.publish(JSON.stringify(one));
    const last = keptn.trigger({ type });
    await until("the last", () => sink.taken().includes(last.id));
    assert.deepEqual(
      sink.arrived.map(({ id }) => id),
      [listed.id, event.id, last.id],
    );
  });

  test("fetches events that it missed while disconnected", async (t) => {
    const { keptn, sink, start, nats } = await openSourceWorld(t);
    const source = start({ listens: true });
    await until("ready", () => source.whyNotReady() === undefined);
    nats.disconnect();
    assert.equal(source.whyNotReady(), "Not connected to NATS.");
    const missed = [keptn.trigger({ type }), keptn.trigger({ type }), keptn.trigger(getSli)].map(({ id }) => id);
    nats.connect();
    await until("all of it", () => sink.taken().length === 3);
    assert.deepEqual(new Set(sink.taken()), new Set(missed));
  });

  test("regularly fetches events that NATS lost unnoticed", async (t) => {
    const { keptn, sink, start, nats } = await openSourceWorld(t);
    const source = start({ listens: true, env: { CATCH_UP_SECONDS: "30" } });
    await until("ready", () => source.whyNotReady() === undefined);
    const { publish } = nats;
    Object.assign(nats, { publish: () => {} });
    const lost = keptn.trigger({ type });
    Object.assign(nats, { publish });
    await until("it", () => sink.taken().includes(lost.id));
  });

  test("ignores events that it is not subscribed to, and messages that are not events", async (t) => {
    const { keptn, sink, start, nats } = await openSourceWorld(t);
    start({ listens: true, env: { STAGE_FILTER: "prod" } });
    await until("subscribed", () => nats.subjects().length > 0);
    keptn.trigger({ type });
    const malformed = [`{"type":"${type}"}`, `{"type":"${type}","id":"1","source":"s","data":7}`];
    for (const text of malformed) nats.publish(text);
    const wanted = keptn.trigger({ type, stage: "prod" });
    await until("the one of its stage", () => sink.taken().length === 1);
    assert.deepEqual(sink.taken(), [wanted.id]);
  });

  test("returns events that it has no room for: those that Keptn lists are fetched in order, the others are logged as lost", async (t) => {
    const { keptn, sink, start, nats, metric, lines } = await openSourceWorld(t, { answers: true });
    const user = makeUser(keptn);
    await user.createProject("podtato", shipyard);
    const source = start({ listens: true });
    await until("subscribed", () => nats.subjects().length > 0);
    let answer = (_status: number) => {};
    const answered = new Promise<number>((resolve) => {
      answer = resolve;
    });
    sink.answer(() => answered);
    const at = { project: "podtato", stage: "dev", service: "carts" };
    const limit = pLimit(20); // more connections at once are too many for a busy machine
    const contexts = await Promise.all(Array.from({ length: 260 }, () => limit(() => user.trigger(at, "delivery"))));
    for (let n = 0; n < 130; n++) keptn.trigger(getSli);
    await until("it is full", async () => (await metric(source, "keptn_source_waiting")) === 200);
    assert.equal(await metric(source, 'keptn_source_dropped_total{kind="unlisted"}'), 30);
    const dropped = () => metric(source, 'keptn_source_dropped_total{kind="listed"}');
    await until("the others were let go", async () => (await dropped()) >= 160);
    assert.equal(lines.filter(({ message }) => message.startsWith("lost an event")).length, 30);
    sink.answer(202);
    answer(503);
    await until("every sequence is at its end", () =>
      keptn.plane.shipyard.executions().every(({ status }) => status.state === "finished"),
    );
    for (const context of contexts) {
      const types = sink.arrived.filter((event) => event.context === context && event.status === 202);
      const tasks = types.map((event) => event.type.split(".")[3]);
      assert.deepEqual([...new Set(tasks)], ["deployment", "test", "release"]);
    }
    await until("nothing waits", async () => (await metric(source, "keptn_source_waiting")) === 0);
    // The event that NATS lost is in the datastore, without a response.
    const searched = () => sink.taken().length === 260 * 3 + 130;
    await until("the next look", searched);
  });

  test("reports that Keptn's registration counts, and not PUBSUB_TOPIC", async (t) => {
    const { start, lines, nats } = await openSourceWorld(t);
    await start({ listens: true, env: { PUBSUB_TOPIC: type } }).stop(); // an older installation's registration
    start({ listens: true, env: { PUBSUB_TOPIC: "sh.keptn.event.*.triggered" } });
    const said = () => lines.find(({ difference }) => difference);
    await until("it says so", () => said() !== undefined);
    assert.deepEqual([said()?.level, nats.subjects()], ["warn", [type]]);
    assert.match(
      said()?.message ?? "",
      /job-executor-service in namespace .* takes precedence over PUBSUB_TOPIC: sh\.keptn\.event\.\*\.triggered is only in the settings/,
    );
  });

  test("follows changes made in the Bridge", async (t) => {
    const { keptn, sink, start, nats } = await openSourceWorld(t);
    start({ listens: true, env: { PUBSUB_TOPIC: type, CATCH_UP_SECONDS: "5" } });
    await until("subscribed", () => nats.subjects().includes(type));
    const filter = { projects: [], stages: [], services: [] };
    const user = makeUser(keptn);
    const { remove } = await user.subscribe("job-executor-service", { event: "sh.keptn.event.*.finished", filter });
    await until("two subjects", () => nats.subjects().length === 2);
    keptn.trigger({ type: "sh.keptn.event.test.finished", source: "helm-service" });
    await until("it", () => sink.taken().length === 1);
    await remove();
    await until("one subject", () => nats.subjects().length === 1);
  });
});
