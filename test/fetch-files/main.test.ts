import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fetchFilesContract } from "../contract/fetch-files.contract.ts";
import { runFetchFiles } from "../contract/run-fetch-files.ts";
import { makeCertificates } from "../doubles/certificates.ts";
import { orderOf } from "../doubles/fetch-order.ts";
import { type KeptnDouble, startKeptn } from "../doubles/keptn/keptn-double.ts";
import { startOauth } from "../doubles/oauth-server.ts";
import { makeTempFolder, readTree } from "../doubles/temp-folder.ts";

fetchFilesContract("the double", startKeptn);

let keptn: KeptnDouble;
before(async () => {
  keptn = await startKeptn();
  keptn.plane.projects.addFiles(
    { project: "sockshop", stage: "dev", service: "carts" },
    { a: "1", b: "2".repeat(1e6) },
  );
});
after(() => keptn.close());

test("a Keptn that cuts, refuses and stumbles is borne with", async (t) => {
  keptn.fault({ on: /^GET .*resource\?/, kind: { status: 503 }, times: 2 });
  keptn.fault({ on: /^GET .*resource\/a/, kind: "reset", times: 2 });
  keptn.fault({ on: /^GET .*resource\/b/, kind: { status: 429 }, times: 1 });
  const folder = await makeTempFolder(t);
  const order = orderOf({ files: ["a", "b"], graceSeconds: 60 });
  const { exitCode, stderr } = await runFetchFiles({ order, keptn, folder });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(Object.keys(await readTree(folder)), ["a", "b"]);
});

test("a server that falls silent is not waited for any longer than one request may take", async (t) => {
  keptn.fault({ on: /^GET .*resource\/a/, kind: "hang", times: 1 });
  const folder = await makeTempFolder(t);
  const order = orderOf({ files: ["a"], graceSeconds: 60 });
  const { exitCode, stderr } = await runFetchFiles({ order, keptn, folder, env: { API_PROXY_HTTP_TIMEOUT: "1" } });
  assert.equal(exitCode, 0, stderr);
});

test("a wrong token is said at once, and not shown", async (t) => {
  const order = orderOf({ files: ["a"], graceSeconds: 600 });
  const wrong = { endpoint: keptn.endpoint, token: "s3cret" };
  const { exitCode, stdout, stderr } = await runFetchFiles({ order, keptn: wrong, folder: await makeTempFolder(t) });
  assert.equal(exitCode, 3);
  assert.match(stderr, /401/);
  assert.ok(!`${stdout}${stderr}`.includes("s3cret"));
});

test("signs in by OAuth, at a server of an authority of one's own", async (t) => {
  const certificates = makeCertificates();
  t.after(() => certificates.remove());
  const oauth = await startOauth((token) => {
    keptn.bearer = token;
  }, certificates.good);
  t.after(() => oauth.close());
  const env = {
    ...{ KEPTN_API_TOKEN: "", OAUTH_CLIENT_ID: "jes", OAUTH_CLIENT_SECRET: oauth.secret, OAUTH_SCOPES: "read" },
    ...{ OAUTH_DISCOVERY: oauth.discovery, KEPTN_CA_FILE: certificates.caFile },
  };
  const folder = await makeTempFolder(t);
  const { exitCode, stderr } = await runFetchFiles({ order: orderOf({ files: ["a"] }), keptn, folder, env });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await readTree(folder), { a: "1" });
});

test("says which setting is wrong", async (t) => {
  const folder = await makeTempFolder(t);
  const run = (env: Record<string, string>) => runFetchFiles({ order: orderOf({}), keptn, folder, env });
  assert.match((await run({ API_PROXY_HTTP_TIMEOUT: "soon" })).stderr, /API_PROXY_HTTP_TIMEOUT="soon"/);
  const { exitCode, stderr } = await run({ KEPTN_API_ENDPOINT: "" });
  assert.deepEqual(
    [exitCode, stderr],
    [
      2,
      "error missing-setting: KEPTN_API_ENDPOINT is not set. Set KEPTN_API_ENDPOINT to the URL of Keptn's API, including /api: http://api-gateway-nginx.keptn/api.\n",
    ],
  );
  assert.match((await run({ FETCH_ORDER: "" })).stderr, /FETCH_ORDER is not set/);
});
