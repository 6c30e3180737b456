import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, describe, test } from "node:test";
import { request, stream } from "../../../functions/lib/http/http.ts";
import type { HttpRequest } from "../../../functions/lib/http/http-request.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { type LocalServer, startServer } from "../../doubles/http-server.ts";

describe("http", () => {
  const servers: LocalServer[] = [];
  after(() => Promise.all(servers.map((server) => server.close())));

  const serve = async (answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<string> => {
    const server = await startServer(answer);
    servers.push(server);
    return server.url;
  };
  const post = (url: string, more: Partial<HttpRequest> = {}) =>
    request({ method: "POST", url, body: "{}", timeoutMs: 10_000, maxBytes: 100, ...more });
  const faultOf = async (promise: Promise<unknown>): Promise<IoError> => {
    const error = await promise.then(
      () => undefined,
      (error) => error,
    );
    assert.ok(error instanceof IoError, `no IoError but ${error}`);
    return error;
  };

  test("returns status, headers and body of every response, including errors", async () => {
    const url = await serve((_, outgoing) => outgoing.writeHead(422, { "x-a": "b" }).end("no"));
    const { status, headers, body } = await post(url);
    assert.deepEqual([status, headers["x-a"], body.toString()], [422, "b", "no"]);
  });

  test("sends the method, headers and a non-ASCII body with its length in bytes", async () => {
    const url = await serve(async (incoming, outgoing) => {
      const chunks = await incoming.toArray();
      const { method, headers } = incoming;
      outgoing.end(`${method} ${headers["x-a"]} ${headers["content-length"]} ${Buffer.concat(chunks)}`);
    });
    const { body } = await post(url, { method: "PUT", headers: { "x-a": "b" }, body: "ä" });
    assert.equal(body.toString(), "PUT b 2 ä");
  });

  test("an unreachable server cannot have acted", async () => {
    const { url, close } = await startServer(() => {});
    await close();
    const fault = await faultOf(post(url));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    assert.match(fault.message, /^POST http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  test("a server that received the request and did not respond in time may have acted", async () => {
    const url = await serve(() => {});
    const fault = await faultOf(post(url, { timeoutMs: 200 }));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, true]);
    assert.match(fault.message, /no complete response within 200 ms/);
  });

  test("sends nothing without any time left", async () => {
    let asked = 0;
    const url = await serve((_, outgoing) => outgoing.end(String(++asked)));
    const fault = await faultOf(post(url, { timeoutMs: 0 }));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    assert.equal((await post(url)).body.toString(), "1");
  });

  test("a server that closes the connection without a response may have acted", async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    const fault = await faultOf(post(url));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, true]);
  });

  test("reading has no effect that could have happened", async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    const fault = await faultOf(request({ method: "GET", url, timeoutMs: 10_000, maxBytes: 100 }));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
  });

  test("a response that is too slow ends at the timeout", async () => {
    const url = await serve((_, outgoing) => {
      outgoing.writeHead(200).write("a");
      const timer = setInterval(() => outgoing.write("a"), 20);
      outgoing.once("close", () => clearInterval(timer));
    });
    const fault = await faultOf(post(url, { timeoutMs: 300, maxBytes: 1e6 }));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, true]);
  });

  test("a response that breaks off is a failure, not a short response", async () => {
    const url = await serve((_, outgoing) => {
      outgoing.writeHead(200, { "content-length": "10" });
      outgoing.write("half", () => outgoing.destroy());
    });
    assert.equal((await faultOf(post(url))).outcomeUnknown, true);
  });

  test("a response that is too large is not read to its end or requested again", async () => {
    const url = await serve((_, outgoing) => outgoing.end("a".repeat(101)));
    const fault = await faultOf(post(url));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [false, true]);
  });

  test("a redirect is not followed, and its query, which may hold a secret, is not reported", async () => {
    const url = await serve((_, outgoing) => outgoing.writeHead(302, { location: "http://u:pw@login/a?code=s" }).end());
    const fault = await faultOf(post(url));
    assert.match(fault.message, /answered 302, a redirect to http:\/\/login\/a; redirects are not followed\.$/);
    assert.deepEqual([fault.retryable, fault.outcomeUnknown, fault.httpStatus], [true, false, 302]);
  });

  test("credentials in the URL are not reported", async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    const fault = await faultOf(post(url.replace("//", "//user:pw@")));
    assert.doesNotMatch(fault.message, /pw/);
  });

  test("an abandoned request ends at once", async () => {
    const url = await serve(() => {});
    const abandon = new AbortController();
    const asked = faultOf(post(url, { signal: abandon.signal }));
    setTimeout(() => abandon.abort(), 50);
    const fault = await asked;
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, true]);
    assert.match(fault.message, /canceled without a complete response/);
  });

  test("a stream yields chunks as they arrive, and leaving it frees the server", async () => {
    let closed = () => {};
    const left = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await serve((_, outgoing) => {
      outgoing.writeHead(200).write("first");
      outgoing.once("close", closed);
    });
    const { status, chunks } = await stream({ method: "GET", url, timeoutMs: 10_000, maxBytes: 100 });
    assert.equal(status, 200);
    for await (const chunk of chunks) {
      assert.equal(chunk.toString(), "first");
      break;
    }
    await left;
  });
});
