// Connections opened before the first request: the request uses them, and failing to open one does no harm.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { after, before, describe, type TestContext, test } from "node:test";
import { type Endpoint, makeAgent } from "../../../functions/lib/http/agent.ts";
import { request } from "../../../functions/lib/http/http.ts";
import { preconnect } from "../../../functions/lib/http/preconnect.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { type Certificates, makeCertificates } from "../../doubles/certificates.ts";
import { startServer } from "../../doubles/http-server.ts";

/** A server that keeps track of its connections, and a client for it. */
const open = async (t: TestContext, { certificates, ...more }: { certificates?: Certificates } & Partial<Endpoint>) => {
  const server = await startServer(
    (_, answer) => answer.end("hello"),
    certificates && createHttpsServer(certificates.good),
  );
  const sockets: Socket[] = [];
  server.server.on("connection", (socket) => sockets.push(socket));
  const agent = makeAgent({ url: server.url, ...(certificates ? { ca: certificates.ca } : {}), ...more });
  t.after(async () => {
    agent.destroy();
    await server.close();
  });
  const ask = async (): Promise<string> => {
    const asked = { agent, method: "GET", url: server.url, timeoutMs: 10_000, maxBytes: 1000 };
    return (await request(asked)).body.toString();
  };
  return { ...server, sockets, agent, ask };
};

describe("a connection that was opened early", () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  after(() => certificates.remove());

  for (const kind of ["http", "https"]) {
    test(`serves the first request and later ones: ${kind}`, async (t) => {
      const { url, server, sockets, agent, ask } = await open(t, kind === "https" ? { certificates } : {});
      preconnect(agent, url);
      await once(server, kind === "https" ? "secureConnection" : "connection");
      assert.deepEqual([await ask(), await ask()], ["hello", "hello"]);
      assert.equal(sockets.length, 1);
    });
    test(`is awaited by a request that arrives right away: ${kind}`, async (t) => {
      const { url, sockets, agent, ask } = await open(t, kind === "https" ? { certificates } : {});
      preconnect(agent, url);
      assert.equal(await ask(), "hello");
      assert.equal(sockets.length, 1);
    });
  }

  test("serves one request at a time: concurrent requests open their own", async (t) => {
    const { url, sockets, agent, ask } = await open(t, {});
    preconnect(agent, url);
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), ["hello", "hello", "hello"]);
    assert.equal(sockets.length, 3);
  });

  test("is replaced when the server closed it in the meantime", async (t) => {
    const { url, server, sockets, agent, ask } = await open(t, {});
    preconnect(agent, url);
    const [socket] = (await once(server, "connection")) as [Socket];
    socket.destroy();
    await once(socket, "close");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await ask(), "hello");
    assert.equal(sockets.length, 2);
  });

  test("fails silently when nobody listens: the first request reports it", async (t) => {
    const { url, close, agent, ask } = await open(t, {});
    await close();
    preconnect(agent, url);
    await assert.rejects(
      ask(),
      (fault) => fault instanceof IoError && /ECONNREFUSED/.test(fault.message) && !fault.outcomeUnknown,
    );
  });

  test("fails silently with a bad certificate: the first request reports it", async (t) => {
    const { url, agent, ask } = await open(t, { certificates, ca: certificates.good.cert.replace(/[A-Z]/, "B") });
    preconnect(agent, url);
    await assert.rejects(ask(), (fault) => fault instanceof IoError && /certificate/.test(fault.message));
  });

  test("is not opened through a proxy", () => {
    const url = "http://keptn.example";
    const agent = makeAgent({ url, env: { HTTP_PROXY: "http://127.0.0.1:9" } });
    preconnect(agent, url);
    assert.ok(!Object.hasOwn(agent, "createConnection"), "the next connection is not the agent's own");
  });
});
