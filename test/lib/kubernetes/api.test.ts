// How the client treats unexpected responses.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { connectJobs } from "../../../functions/lib/kubernetes/jobs.ts";
import { openConnection } from "../../../functions/lib/kubernetes/wire.ts";

const jobsAt = async (context: TestContext, answer: { readonly status: number; readonly body: string }) => {
  const server = createServer((_, response) => response.writeHead(answer.status).end(answer.body)).listen(
    0,
    "127.0.0.1",
  );
  context.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  context.after(() => rm(folder, { recursive: true }));
  const kubeconfig = join(folder, "config");
  const one = {
    clusters: [{ name: "a", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    "current-context": "a",
  };
  await writeFile(kubeconfig, JSON.stringify({ ...one, contexts: [{ name: "a", context: { cluster: "a" } }] }));
  const api = connectApi({ kubeconfig, budgetSeconds: 0 });
  return connectJobs(api);
};

const job = { namespace: "jobs", name: "a", uid: "1" };

test("a change is done when an object comes back, whatever its content", async (context) => {
  const jobs = await jobsAt(context, { status: 200, body: '{"kind":"Job"' });
  assert.equal(await jobs.patch(job, { suspend: false }), "done");
});

test("a text page with status 200 does not prove a change: a proxy may have responded", async (context) => {
  const jobs = await jobsAt(context, { status: 200, body: "<html>Please log in</html>" });
  await assert.rejects(jobs.patch(job, { suspend: false }), /Kubernetes PATCH .*: the response is not JSON\./);
});

test("credentials are cached for a while, and read again after a failure", async () => {
  let asked = -1; // the first call comes from opening the connection
  let fails = false;
  const config = {
    getCurrentCluster: () => ({ server: "http://kubernetes" }),
    applyToHTTPSOptions: async (options: { headers?: Record<string, string> }) => {
      asked += 1;
      if (fails) throw new Error("no token");
      options.headers = { authorization: `Bearer ${asked}` };
    },
  };
  const { headers } = await openConnection(config as unknown as KubeConfig);
  const both = await Promise.all([headers(), headers()]);
  assert.deepEqual(both, [{ authorization: "Bearer 1" }, { authorization: "Bearer 1" }]);
  await sleep(1100);
  fails = true;
  await assert.rejects(headers(), /no token/);
  fails = false;
  assert.deepEqual(await headers(), { authorization: "Bearer 3" });
});
