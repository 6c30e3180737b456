import assert from "node:assert/strict";
import type { AgentOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { type Endpoint, makeAgent } from "../../../functions/lib/http/agent.ts";
import { request } from "../../../functions/lib/http/http.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { type Certificates, type KeyPair, makeCertificates } from "../../doubles/certificates.ts";
import { type LocalServer, startServer } from "../../doubles/http-server.ts";

const post = (connection: Endpoint) => {
  const agent = makeAgent(connection);
  const { url } = connection;
  return request({ agent, method: "POST", url, body: "{}", timeoutMs: 10_000, maxBytes: 1000 }).finally(() =>
    agent.destroy(),
  );
};

const faultOf = async (connection: Endpoint): Promise<IoError> => {
  const error = await post(connection).then(
    () => undefined,
    (error) => error,
  );
  assert.ok(error instanceof IoError, `no IoError but ${error}`);
  return error;
};

describe("TLS", () => {
  let certificates: Certificates;
  const servers: LocalServer[] = [];
  const serve = async (pair: KeyPair): Promise<string> => {
    const server = await startServer((_, answer) => answer.end("hello"), createHttpsServer(pair));
    servers.push(server);
    return server.url;
  };
  before(() => {
    certificates = makeCertificates();
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.close()));
    certificates.remove();
  });

  test("trusts the given authority", async () => {
    const { body } = await post({ url: await serve(certificates.good), ca: certificates.ca });
    assert.equal(body.toString(), "hello");
  });

  const refusals: [string, (url: string) => Endpoint, () => KeyPair, RegExp][] = [
    ["an authority that nobody named", (url) => ({ url }), () => certificates.good, /certificate/],
    ["an expired certificate", (url) => ({ url, ca: certificates.ca }), () => certificates.expired, /has expired/],
    [
      "a certificate for another name",
      (url) => ({ url: url.replace("127.0.0.1", "localhost"), ca: certificates.ca }),
      () => certificates.good,
      /altnames/,
    ],
  ];
  for (const [what, connectionTo, pair, message] of refusals) {
    test(`refuses ${what}, and sends nothing`, async () => {
      const fault = await faultOf(connectionTo(await serve(pair())));
      assert.match(fault.message, message);
      assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    });
  }

  test("accepts any certificate only when told to", async () => {
    const { status } = await post({ url: await serve(certificates.expired), verifyTls: false });
    assert.equal(status, 200);
  });

  test("passes through a proxy's tunnel, with the same trust", async () => {
    const target = new URL(await serve(certificates.good));
    const tunnels: string[] = [];
    const proxy = await startServer(() => {});
    servers.push(proxy);
    proxy.server.on("connect", ({ url, headers }, client: Socket) => {
      tunnels.push(`${url} ${headers["proxy-authorization"]}`);
      const there = connect(Number(target.port), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(there).pipe(client);
      });
      for (const socket of [client, there]) socket.on("error", () => {});
    });
    const env = { HTTPS_PROXY: proxy.url.replace("//", "//user:secret@") };
    const url = "https://keptn.example/";
    assert.equal((await post({ url, env, ca: certificates.ca })).body.toString(), "hello");
    assert.deepEqual(tunnels, [`keptn.example:443 Basic ${btoa("user:secret")}`]);
    assert.match((await faultOf({ url, env })).message, /certificate/);
  });
});

describe("an HTTP proxy", () => {
  test("gets the request with the proxy's password, which never appears in error messages", async () => {
    const asked: string[] = [];
    const proxy = await startServer(({ method, url }, answer) => {
      asked.push(`${method} ${url}`);
      answer.end("by proxy");
    });
    const url = "http://keptn.example/api";
    const env = { HTTP_PROXY: proxy.url.replace("//", "//user:secret@") };
    assert.equal((await post({ url, env })).body.toString(), "by proxy");
    assert.deepEqual(asked, [`POST ${url}`]);
    await proxy.close();
    const fault = await faultOf({ url, env });
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    assert.doesNotMatch(`${fault.message} ${fault.cause}`, /secret/);
  });

  const isProxied = (url: string, noProxy: string): boolean => {
    const env = { HTTP_PROXY: "proxy:3128", HTTPS_PROXY: "proxy:3128", NO_PROXY: noProxy };
    const { options } = makeAgent({ url, env }) as unknown as { options: AgentOptions };
    return options.proxyEnv !== undefined;
  };
  const direct: [string, string][] = [
    ["http://keptn.example/api", "*"],
    ["http://keptn.example/api", "keptn.example"],
    ["http://KEPTN.example/api", "other, Keptn.Example ,"],
    ["http://api.keptn.example/api", "keptn.example"],
    ["http://api.keptn.example/api", ".keptn.example"],
    ["http://api.keptn.example/api", "*.keptn.example"],
    ["http://keptn.example:8080/api", "keptn.example:8080"],
    ["https://keptn.example/api", "keptn.example:443"],
    ["https://10.96.0.1/", "10.96.0.0/12"],
    ["https://10.96.0.1/", "10.96.0.1"],
    ["https://[fd00::1]/", "fd00::/8"],
    ["https://[fd00::1]/", "fd00::1"],
    ["http://localhost:8080/", ""],
    ["http://127.0.0.1:8080/", ""],
    ["http://[::1]:8080/", ""],
  ];
  for (const [url, noProxy] of direct) {
    test(`NO_PROXY=${noProxy} goes to ${url} directly`, () => assert.equal(isProxied(url, noProxy), false));
  }
  const proxied: [string, string][] = [
    ["http://keptn.example/api", ""],
    ["http://keptn.example/api", ".keptn.example"],
    ["http://keptn.example/api", "*.keptn.example"],
    ["http://notkeptn.example/api", "keptn.example"],
    ["http://keptn.example:8080/api", "keptn.example:80"],
    ["https://10.112.0.1/", "10.96.0.0/12"],
    ["https://10.96.0.1/", "10.96.0.0/99"],
    ["http://keptn.example/api", "10.0.0.0/8"],
  ];
  for (const [url, noProxy] of proxied) {
    test(`NO_PROXY=${noProxy} goes to ${url} through the proxy`, () => assert.equal(isProxied(url, noProxy), true));
  }
});
