import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { IoError } from "../../../functions/lib/io-error.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import type { Keptn } from "../../../functions/lib/keptn/ports.ts";
import { type Certificates, makeCertificates } from "../../doubles/certificates.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";
import { type OauthServer, startOauth } from "../../doubles/oauth-server.ts";

const project = "sockshop";
const ask = (keptn: Keptn) =>
  keptn.isOpen({ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", project });
const faultOf = async (promise: Promise<unknown>): Promise<IoError> => {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  assert.ok(error instanceof IoError, `no IoError but ${error}`);
  return error;
};

/** For what fails until the budget is used up. */
const impatient = { KEPTN_RETRY_SECONDS: "3", API_PROXY_HTTP_TIMEOUT: "3" };

describe("OAuth", () => {
  let certificates: Certificates;
  let folder: string;
  let oauth: OauthServer;
  let double: KeptnDouble;
  before(async () => {
    certificates = makeCertificates();
    folder = await mkdtemp(join(tmpdir(), "oauth-"));
  });
  after(async () => {
    certificates.remove();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    double = await startKeptn();
    double.plane.projects.repository(project);
    oauth = await start();
  });
  afterEach(async () => {
    await double.close();
    await oauth.close();
  });

  const start = (pair = certificates.good) =>
    startOauth((token) => {
      double.bearer = token;
    }, pair);
  const connect = (env: Record<string, string> = {}) =>
    connectKeptn(
      settingsFor(
        { ...double, token: "" },
        {
          ...{ OAUTH_CLIENT_ID: "jes", OAUTH_CLIENT_SECRET: oauth.secret, OAUTH_DISCOVERY: oauth.discovery },
          ...{ OAUTH_SCOPES: "keptn:events:write, keptn:resources:read", KEPTN_CA_FILE: certificates.caFile },
          ...{ KEPTN_RETRY_SECONDS: "30", API_PROXY_HTTP_TIMEOUT: "10", CLAIM_LEASE_SECONDS: "120", ...env },
        },
      ),
    );

  test("discovers the token endpoint, requests the scopes, and caches the token", async () => {
    const keptn = connect();
    await Promise.all([ask(keptn), ask(keptn)]);
    await ask(keptn);
    assert.deepEqual(oauth.asked, [{ scope: "keptn:events:write keptn:resources:read", by: "basic", granted: true }]);
    assert.equal(double.calls.length, 3);
  });

  test("uses the configured token endpoint without discovery", async () => {
    oauth.brokenDiscovery = { status: 500, body: "" };
    assert.equal(await ask(connect({ OAUTH_TOKEN_URL: `${oauth.url}/token` })), false);
  });

  test("sends the secret in the body when a server does not accept Basic authentication", async () => {
    oauth.accepts = "body";
    assert.equal(await ask(connect()), false);
    assert.deepEqual(
      oauth.asked.map(({ by, granted }) => [by, granted]),
      [
        ["basic", false],
        ["body", true],
      ],
    );
  });

  test("requests a new token before the old one expires", async () => {
    oauth.lifetimeSeconds = 0;
    const keptn = connect();
    await ask(keptn);
    await ask(keptn);
    assert.equal(oauth.asked.length, 2);
    assert.equal(double.calls.length, 2, "Keptn saw good tokens only");
  });

  test("requests a new token when Keptn refuses one that should still be valid", async () => {
    const keptn = connect();
    await ask(keptn);
    double.bearer = "none";
    assert.equal(await ask(keptn), false);
    assert.deepEqual([oauth.asked.length, double.calls.length], [2, 3]);
  });

  test("does not request tokens over and over when Keptn refuses every one", async (context) => {
    context.after(oauth.close);
    oauth = await startOauth(() => {}, certificates.good);
    const fault = await faultOf(ask(connect()));
    assert.deepEqual([fault.retryable, fault.httpStatus], [true, 401]);
    assert.deepEqual([oauth.asked.length, double.calls.length], [2, 2]);
  });

  test("reads a rotated client secret from its file", async () => {
    const file = join(folder, "secret");
    await writeFile(file, oauth.secret);
    oauth.lifetimeSeconds = 0;
    const keptn = connect({ OAUTH_CLIENT_SECRET_FILE: file });
    await ask(keptn);
    oauth.secret = "rotated";
    await writeFile(file, "rotated\n");
    assert.equal(await ask(keptn), false);
  });

  test("a refused client fails like a refused token, and Keptn is not called", async () => {
    const fault = await faultOf(ask(connect({ OAUTH_CLIENT_SECRET: "wrong" })));
    assert.match(
      fault.message,
      /^The OAuth server did not issue a token at https:\/\/127\.0\.0\.1:\d+\/token: it answered 401\.$/,
    );
    assert.deepEqual([fault.retryable, fault.outcomeUnknown, fault.httpStatus], [true, false, 401]);
    assert.equal(double.calls.length, 0);
  });

  const broken: [string, () => void, RegExp][] = [
    [
      "a discovery that fails",
      () => {
        oauth.brokenDiscovery = { status: 503, body: "" };
      },
      /OpenID configuration .* status 503/,
    ],
    [
      "a discovery in HTML",
      () => {
        oauth.brokenDiscovery = { status: 200, body: "<html>" };
      },
      /OpenID configuration/,
    ],
    [
      "a discovery without a token endpoint",
      () => {
        oauth.brokenDiscovery = { status: 200, body: "{}" };
      },
      /OpenID configuration/,
    ],
    [
      "a response that is not a token",
      () => {
        oauth.brokenToken = { status: 200, body: "{}" };
      },
      /its response is not a token/,
    ],
    [
      "an OAuth server that is down",
      () => {
        oauth.brokenToken = { status: 503, body: "" };
      },
      /it answered 503/,
    ],
  ];
  for (const [what, spoil, message] of broken) {
    test(`${what} is a transient failure, and recovers`, async () => {
      const keptn = connect(impatient);
      spoil();
      const fault = await faultOf(ask(keptn));
      assert.match(fault.message, message);
      assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
      oauth.brokenDiscovery = undefined;
      oauth.brokenToken = undefined;
      assert.equal(await ask(keptn), false);
    });
  }

  test("sends no secret to an OAuth server with an expired or untrusted certificate", async (context) => {
    const unknown = await faultOf(ask(connect({ ...impatient, KEPTN_CA_FILE: "" })));
    assert.match(unknown.message, /certificate/);
    const expired = await start(certificates.expired);
    context.after(expired.close);
    const fault = await faultOf(ask(connect({ ...impatient, OAUTH_DISCOVERY: expired.discovery })));
    assert.match(fault.message, /certificate has expired/);
    assert.deepEqual([fault.retryable, fault.outcomeUnknown], [true, false]);
    assert.deepEqual([...oauth.asked, ...expired.asked], []);
  });
});
