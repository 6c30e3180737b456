import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { envelopeOf } from "../../../functions/lib/core/event/keptn-event.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import type { Fault } from "../../doubles/keptn/faults.ts";
import { type KeptnDouble, startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";
import { startOauth } from "../../doubles/oauth-server.ts";

/** Everything printable in what the calls throw: messages, stacks, causes, hidden properties. */
const outputOf = async (double: KeptnDouble, env: Record<string, string>): Promise<string> => {
  const keptn = connectKeptn(settingsFor(double, { API_PROXY_HTTP_TIMEOUT: "1", KEPTN_RETRY_SECONDS: "1", ...env }));
  const event = double.trigger({ type: "sh.keptn.event.test.triggered" });
  const results = await Promise.allSettled([
    keptn.getJobConfig(event),
    keptn.isOpen(envelopeOf(event)),
    keptn.send({ type: "sh.keptn.event.test.finished" } as never),
  ]);
  return results
    .map((result) => inspect(result, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }))
    .join("\n");
};

/** For rows that wait for a response, on a busy machine. */
const patient = { API_PROXY_HTTP_TIMEOUT: "30", KEPTN_RETRY_SECONDS: "30", CLAIM_LEASE_SECONDS: "120" };

describe("no error reveals", { concurrency: true }, () => {
  const faults = (secret: string): Fault["kind"][] => [
    "hang",
    "reset",
    ...[400, 401, 403, 429, 500].map((status) => ({
      status,
      body: JSON.stringify({ code: status, message: `not with the token ${secret}, ${secret}!` }),
    })),
    { status: 302, headers: { location: `http://127.0.0.1/login?token=${secret}` } },
    { status: 200, body: `<html>${secret}</html>`, type: "text/html" },
  ];

  test("the API token", async () => {
    const check = async (fault: number): Promise<void> => {
      const double = await startKeptn();
      const kind = faults(double.token)[fault - 1];
      if (kind) double.fault({ on: /./, kind, times: Number.POSITIVE_INFINITY });
      const output = await outputOf(double, kind ? {} : patient);
      await double.close();
      assert.match(output, kind ? /IoError/ : /422/);
      assert.ok(!output.includes(double.token), output);
    };
    await Promise.all([...["none", ...faults("x")].keys()].map(check));
  });

  test("the OAuth client's secret and its tokens", async () => {
    const check = async (fault: number): Promise<void> => {
      const double = await startKeptn();
      const tokens: string[] = [];
      const oauth = await startOauth((token) => {
        tokens.push(token);
        double.bearer = token;
        double.clearFaults();
        const kind = faults(token)[fault];
        if (kind) double.fault({ on: /./, kind, times: Number.POSITIVE_INFINITY });
      });
      const env = { OAUTH_CLIENT_ID: "jes", OAUTH_CLIENT_SECRET: oauth.secret, OAUTH_TOKEN_URL: `${oauth.url}/token` };
      let output = await outputOf(double, env);
      for (const broken of [`{"error":"invalid_client","error_description":"${oauth.secret}"}`, oauth.secret]) {
        oauth.brokenToken = { status: fault % 2 ? 200 : 401, body: broken };
        output += await outputOf(double, env);
      }
      await Promise.all([double.close(), oauth.close()]);
      assert.ok(tokens.length > 0);
      for (const secret of [oauth.secret, encodeURIComponent(oauth.secret), ...tokens]) {
        assert.ok(!output.includes(secret), `${secret} in ${output}`);
      }
    };
    await Promise.all([...faults("x").keys()].map(check));
  });

  test("the password of a proxy or of an address", async () => {
    const double = await startKeptn();
    const closed = await startKeptn();
    await closed.close();
    const proxy = closed.endpoint.replace("http://", "http://user:pr0xypass@").replace("/api", "");
    const byProxy = await outputOf(double, { KEPTN_API_ENDPOINT: "http://keptn.example/api", HTTP_PROXY: proxy });
    const named = double.endpoint.replace("http://", "http://user:urlpass@");
    const byName = await outputOf(double, { KEPTN_API_ENDPOINT: named, KEPTN_API_TOKEN: "wrong" });
    await double.close();
    assert.match(byProxy, /ECONNREFUSED/);
    assert.doesNotMatch(byProxy + byName, /pr0xypass|urlpass/);
  });
});
