// The ApiServerSource on our API server double: its conditions, and a cluster without this kind.
import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readMountedMap } from "../../../functions/lib/disk/mounted-map.ts";
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { connectJobWatch } from "../../../functions/lib/kubernetes/job-watch.ts";
import { jobWatchContract } from "../../contract/job-watch.contract.ts";
import { type ApiServerOptions, startApiServer } from "../../doubles/kubernetes/api-server.ts";
import { makeTempFolder } from "../../doubles/temp-folder.ts";

const namespace = "keptn-jes";
const collection = `/apis/sources.knative.dev/v1/namespaces/${namespace}/apiserversources`;

const start = async (options: ApiServerOptions = {}) => {
  const server = await startApiServer(options);
  process.env["KUBECONFIG"] = server.kubeconfig;
  return { server, api: connectApi() };
};

jobWatchContract("a double of the API server", async () => {
  const { server, api } = await start();
  return { api, namespace, close: server.close };
});

const connect = async (context: TestContext, options: ApiServerOptions = {}) => {
  const { server, api } = await start(options);
  context.after(server.close);
  const specFolder = await makeTempFolder(context);
  await writeFile(join(specFolder, "mode"), "Resource");
  const missing: string[] = [];
  const given = { namespace, name: "job-changes", specFolder, missing: (message: string) => missing.push(message) };
  return { server, missing, watch: connectJobWatch(api, given) };
};

test("the watch is ready when Knative says so about its current spec, and it is not being deleted", async (context) => {
  const { server, watch } = await connect(context);
  await watch.touch(new Date());
  const say = (status: object, metadata: object = {}) => {
    const object = server.store.get(collection, "job-changes")!;
    server.store.write(collection, { ...object, metadata: { ...object.metadata, ...metadata }, status });
  };
  const ready = [{ type: "Ready", status: "True" }];
  const cases = [
    [{}, {}, false],
    [{ conditions: [{ type: "Ready", status: "Unknown" }], observedGeneration: 1 }, {}, false],
    [{ conditions: ready, observedGeneration: 1 }, {}, true],
    [{ conditions: ready, observedGeneration: 1 }, { generation: 2 }, false],
    [
      { conditions: ready, observedGeneration: 2 },
      { deletionTimestamp: "2026-01-02T03:04:05Z", finalizers: ["x"] },
      false,
    ],
  ] as const;
  for (const [status, metadata, isReady] of cases) {
    say(status, metadata);
    assert.equal((await watch.read())?.isReady, isReady, JSON.stringify([status, metadata]));
  }
});

test("a cluster without ApiServerSources is reported once and blocks nothing", async (context) => {
  const { watch, missing } = await connect(context, { without: ["apiserversources"] });
  assert.equal(await watch.touch(new Date()), undefined);
  assert.equal(await watch.touch(new Date()), undefined);
  assert.equal(missing.length, 1);
  assert.equal(await watch.read(), undefined);
  await assert.rejects(watch.rehearse(new Date()), /not installed/);
});

test("reads a mounted ConfigMap in the layout of the kubelet", async (context) => {
  const folder = await makeTempFolder(context);
  await mkdir(join(folder, "..2026_01_02"));
  await writeFile(join(folder, "..2026_01_02", "mode"), "Resource\n");
  await symlink("..2026_01_02", join(folder, "..data"));
  await symlink(join("..data", "mode"), join(folder, "mode"));
  assert.deepEqual(await readMountedMap(folder), { mode: "Resource\n" });
  await assert.rejects(readMountedMap(join(folder, "none")), /Cannot read .*none: it does not exist/);
});
