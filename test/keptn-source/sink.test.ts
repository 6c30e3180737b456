import assert from "node:assert/strict";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { connectSink, type Sink } from "../../functions/keptn-source/sink.ts";
import { type KeptnEvent, parseKeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { readCloudEvent } from "../../functions/lib/host/cloud-event.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { makeCertificates } from "../doubles/certificates.ts";
import { type LocalServer, startServer } from "../doubles/http-server.ts";

const event: KeptnEvent = {
  id: "f1a773cf",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  specversion: "1.0",
  time: "2026-11-24T14:46:12.143885371Z",
  shkeptncontext: "bbae50a5-f795-4b76-991f-006b388adfd0",
  triggeredid: "e66656ac",
  gitcommitid: "b09a743a",
  shkeptnspecversion: "0.2.4",
  data: { project: "sockshop", stage: "dev", service: "carts", labels: { text: "grüße" } },
};

interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("a sink", () => {
  const servers: LocalServer[] = [];
  after(() => Promise.all(servers.map((server) => server.close())));
  const open = async (answer: (outgoing: ServerResponse) => void, server?: LocalServer["server"]) => {
    const arrived: Arrived[] = [];
    const started = await startServer(async (incoming, outgoing) => {
      arrived.push({ headers: incoming.headers, body: await text(incoming) });
      answer(outgoing);
    }, server);
    servers.push(started);
    return { arrived, url: started.url };
  };
  const connect = (url: string, env: Record<string, string> = {}): Sink => {
    const parsed = parseSettings({ K_SINK: url, ...env });
    assert.ok("settings" in parsed);
    return connectSink(parsed.settings);
  };
  const send = (sink: Sink, given = event) => sink.send(sink.pack(given), new AbortController().signal);
  const faultOf = (promise: Promise<void>) =>
    promise.then(
      () => assert.fail("it was taken"),
      (fault) => {
        assert.ok(fault instanceof IoError);
        return fault;
      },
    );
  const taken = (outgoing: ServerResponse) => void outgoing.writeHead(202).end();

  test("gets a CloudEvent in binary mode with Keptn's extensions, which start-job reads back unchanged", async () => {
    const { arrived, url } = await open(taken);
    await send(connect(`${url}/ns/keptn`));
    const [{ headers, body }] = arrived as [Arrived];
    assert.deepEqual(
      Object.entries(headers)
        .filter(([name]) => /^ce-|^content-type/.test(name))
        .sort(),
      [
        ["ce-gitcommitid", "b09a743a"],
        ["ce-id", "f1a773cf"],
        ["ce-shkeptncontext", "bbae50a5-f795-4b76-991f-006b388adfd0"],
        ["ce-shkeptnspecversion", "0.2.4"],
        ["ce-source", "shipyard-controller"],
        ["ce-specversion", "1.0"],
        ["ce-time", "2026-11-24T14:46:12.143Z"],
        ["ce-triggeredid", "e66656ac"],
        ["ce-type", "sh.keptn.event.test.triggered"],
        ["content-type", "application/json"],
      ],
    );
    assert.equal(headers["content-length"], String(Buffer.byteLength(body)));
    const read = readCloudEvent(headers, body);
    assert.ok(read.kind === "event");
    const parsed = parseKeptnEvent(read.event);
    assert.deepEqual(parsed, { kind: "event", event: { ...event, time: "2026-11-24T14:46:12.143Z" } });
  });

  test("gets the extensions of K_CE_OVERRIDES", async () => {
    const { arrived, url } = await open(taken);
    await send(connect(url, { K_CE_OVERRIDES: '{"extensions":{"cluster":"one","shkeptncontext":"other"}}' }));
    assert.deepEqual([arrived[0]?.headers["ce-cluster"], arrived[0]?.headers["ce-shkeptncontext"]], ["one", "other"]);
  });

  test("gets percent-encoded values that headers cannot carry, and a time when an event has none", async () => {
    const { arrived, url } = await open(taken);
    const { time: _, ...timeless } = event;
    await send(connect(url), { ...timeless, source: 'a tool\r\n"ö" \ud800' });
    assert.equal(arrived[0]?.headers["ce-source"], "a%20tool%0D%0A%22%C3%B6%22%20%EF%BF%BD");
    assert.ok(Date.parse(String(arrived[0]?.headers["ce-time"])) > 0);
    await send(connect(url), { ...event, time: "yesterday" });
    assert.ok(Date.parse(String(arrived[1]?.headers["ce-time"])) > 0);
  });

  test("accepted an event with any 2xx, whatever the body says", async () => {
    const { url } = await open((outgoing) => void outgoing.writeHead(200).end("x".repeat(1e6)));
    await send(connect(url));
    const { url: breaking } = await open((outgoing) => {
      outgoing.writeHead(200, { "content-length": "9" });
      outgoing.write("half", () => outgoing.destroy());
    });
    await send(connect(breaking));
  });

  test("refuses for good or temporarily, by its status", async () => {
    const { url } = await open((outgoing) => void outgoing.writeHead(413).end(" too\nlarge "));
    const never = await faultOf(send(connect(url)));
    assert.deepEqual([never.retryable, never.message], [false, "The sink answered 413: too large."]);
    const { url: busy } = await open((outgoing) => void outgoing.writeHead(429, { "retry-after": "7" }).end());
    const later = await faultOf(send(connect(busy)));
    assert.deepEqual([later.retryable, later.retryAfterSeconds], [true, 7]);
  });

  test("is retried when it is not reachable or does not respond in time", async () => {
    const { url } = await open(() => {});
    assert.equal((await faultOf(send(connect(url, { K_SINK_TIMEOUT: "1" })))).retryable, true);
    assert.equal((await faultOf(send(connect("http://127.0.0.1:9")))).retryable, true);
  });

  test("speaks TLS with the authorities in K_CA_CERTS", async (t) => {
    const { ca, good, remove } = makeCertificates();
    t.after(remove);
    const { url } = await open(taken, createServer(good));
    assert.match((await faultOf(send(connect(url)))).message, /certificate/);
    await send(connect(url, { K_CA_CERTS: ca }));
  });
});
