// Events that webhook-service lost are found and sent again, with our Keptn double and an HTTP server as Broker.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Connection } from "../../../functions/lib/core/connect/connections.ts";
import { everyTask } from "../../../functions/lib/core/connect/selection.ts";
import { envelopeOf, type KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { connectLostEvents, readConnections } from "../../../functions/lib/lost-events/connect.ts";
import { makeLostEventPoll } from "../../../functions/lib/lost-events/poll.ts";
import { resendLostEvents } from "../../../functions/lib/lost-events/resend.ts";
import { startEventSink } from "../../doubles/event-sink.ts";
import { startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";
import { shipyard } from "../../doubles/source-world.ts";

const type = "sh.keptn.event.test.triggered";
const minutesMs = 60 * 1000;

const open = async (t: TestContext) => {
  const [keptn, broker] = [await startKeptn(), await startEventSink()];
  t.after(() => Promise.all([keptn.close(), broker.close()]));
  for (const name of ["sockshop", "other"]) keptn.plane.projects.create(name, shipyard, new Map());
  const connection: Connection = { project: "sockshop", events: [everyTask], broker: broker.url };
  const sent = new Set<string>();
  const lost = connectLostEvents(settingsFor(keptn));
  const look = (given: { readonly connections?: readonly Connection[]; readonly laterMs?: number } = {}) => {
    const { connections = [connection], laterMs = 5 * minutesMs } = given;
    const now = () => new Date(Date.now() + laterMs);
    return resendLostEvents({ connections, lost, log: () => {}, now, sent });
  };
  return { keptn, broker, connection, look, sent };
};

describe("events that webhook-service lost", () => {
  test("are sent to the Broker again when they are open, unanswered, and of a connected project", async (t) => {
    const { keptn, broker, look } = await open(t);
    const [lost, answered, early] = [
      keptn.trigger({ type }),
      keptn.trigger({ type }),
      keptn.trigger({ type, heardAfterMs: Number.POSITIVE_INFINITY }),
    ];
    keptn.trigger({ type, ...{ project: "other" } });
    const started = makeStarted(envelopeOf(answered as unknown as KeptnEvent), "somebody");
    keptn.plane.shipyard.hear({ ...started, id: "", time: "", data: { ...started.data } });
    assert.equal(await look(), 1);
    assert.deepEqual(
      broker.arrived.map(({ id, data, type: its }) => [id, its, data]),
      [[lost.id, type, { project: "sockshop" }]],
    );
    assert.equal(await look(), 0, "an event that no action fits is not sent again and again");
    keptn.plane.shipyard.listen(early.id);
    assert.equal(await look(), 1);
  });

  test("include tasks that were added to the shipyard file after a connect to every task", async (t) => {
    const { keptn, look } = await open(t);
    keptn.plane.projects.create("sockshop", shipyard.replace("{name: release}", "{name: scan}"), new Map());
    keptn.trigger({ type: "sh.keptn.event.scan.triggered" });
    assert.equal(await look(), 1);
  });

  test("do not include events on their way or outside the connection", async (t) => {
    const { keptn, broker, connection, look } = await open(t);
    keptn.trigger({ type });
    assert.equal(await look({ laterMs: 0 }), 0);
    assert.equal(await look({ connections: [{ ...connection, stage: "prod" }] }), 0);
    assert.equal(await look({ connections: [{ ...connection, events: ["sh.keptn.event.release.triggered"] }] }), 0);
    assert.equal(broker.arrived.length, 0);
  });

  test("are retried when the Broker is away", async (t) => {
    const { keptn, broker, look } = await open(t);
    keptn.trigger({ type });
    broker.answer(503);
    await assert.rejects(look(), /The Broker answered 503/);
    broker.answer(202);
    assert.equal(await look(), 1);
  });

  test("are searched for at most once a minute, and without a request when nothing is connected", async (t) => {
    const { keptn, connection } = await open(t);
    const folder = await mkdtemp(join(tmpdir(), "connections-"));
    const look = makeLostEventPoll(settingsFor(keptn, { CONNECTIONS_DIR: join(folder, "none") }), () => {});
    await look();
    assert.equal(keptn.calls.length, 0);
    await writeFile(join(folder, "sockshop"), JSON.stringify(connection));
    assert.deepEqual(await readConnections(folder), [connection]);
    const connected = makeLostEventPoll(settingsFor(keptn, { CONNECTIONS_DIR: folder }), () => {});
    await connected();
    const { length } = keptn.calls;
    assert.ok(length > 0);
    await connected();
    assert.equal(keptn.calls.length, length);
  });
});
