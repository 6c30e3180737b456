import assert from "node:assert/strict";
import { test } from "node:test";
import { checkKeptnSettings } from "../../../../functions/lib/core/settings/keptn-settings.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";

const endpoint = { KEPTN_API_ENDPOINT: "http://api-gateway-nginx.keptn/api" };
const oauth = { ...endpoint, OAUTH_CLIENT_ID: "jes" };

const check = (env: Record<string, string>): string[] => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed);
  return checkKeptnSettings(parsed.settings).map(({ code, message }) => `${code}: ${message}`);
};

for (const env of [
  { ...endpoint, KEPTN_API_TOKEN: "t" },
  { ...endpoint, KEPTN_API_TOKEN_FILE: "/secrets/token" },
  { ...oauth, OAUTH_CLIENT_SECRET: "s", OAUTH_DISCOVERY: "https://idp/.well-known/openid-configuration" },
  { ...oauth, OAUTH_CLIENT_SECRET_FILE: "/secrets/oauth", OAUTH_TOKEN_URL: "https://idp/token" },
]) {
  test(`${Object.keys(env).join(", ")} are enough`, () => assert.deepEqual(check(env), []));
}

test("reports a missing endpoint and missing credentials together", () => {
  assert.deepEqual(check({}), [
    "missing-setting: KEPTN_API_ENDPOINT is not set.",
    "missing-setting: No credentials for Keptn are set.",
  ]);
});

test("reports an endpoint that is not a URL", () => {
  assert.deepEqual(check({ KEPTN_API_ENDPOINT: "api-gateway-nginx.keptn", KEPTN_API_TOKEN: "t" }), [
    "bad-setting: KEPTN_API_ENDPOINT is not an http:// or https:// address.",
  ]);
});

test("reports what OAuth lacks", () => {
  assert.deepEqual(check(oauth), [
    "missing-setting: OAUTH_CLIENT_ID is set, but neither OAUTH_CLIENT_SECRET nor OAUTH_CLIENT_SECRET_FILE.",
    "missing-setting: OAUTH_CLIENT_ID is set, but neither OAUTH_DISCOVERY nor OAUTH_TOKEN_URL.",
  ]);
});

test("warns when certificates are not verified", () => {
  assert.match(check({ ...endpoint, KEPTN_API_TOKEN: "t", HTTP_SSL_VERIFY: "false" }).join(), /^insecure-setting: /);
});
