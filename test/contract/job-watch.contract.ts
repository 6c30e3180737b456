// What the ApiServerSource's port has to do: run on the double of an API server and on a real one, on which no controller need act.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { connectJobWatch } from "../../functions/lib/kubernetes/job-watch.ts";
import type { JobWatch } from "../../functions/lib/kubernetes/ports.ts";
import { until } from "../cluster/harness/world.ts";
import { makeTempFolder } from "../doubles/temp-folder.ts";

export interface WatchWorld {
  readonly api: KubernetesApi;
  readonly namespace: string;
  close(): Promise<unknown>;
}

const spec = {
  serviceAccountName: "job-changes",
  mode: "Resource",
  resources: "- {apiVersion: batch/v1, kind: Job, selector: {matchLabels: {keptn.sh/jes-state: released}}}",
  sink: "ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: jobs}",
};

export const jobWatchContract = (name: string, open: () => Promise<WatchWorld>): void => {
  describe(`the watch's contract: ${name}`, () => {
    let world: WatchWorld;
    before(async () => {
      world = await open();
    });
    after(() => world?.close());

    const connect = async (context: TestContext, fields: Readonly<Record<string, string>> = spec) => {
      const specFolder = await makeTempFolder(context);
      await Promise.all(Object.entries(fields).map(([field, text]) => writeFile(join(specFolder, field), text)));
      const { api, namespace } = world;
      return connectJobWatch(api, { namespace, name: "job-changes", specFolder, missing: assert.fail });
    };
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 3, minute));
    const path = () =>
      `/apis/sources.knative.dev/v1/namespaces/${world.namespace}/apiserversources/job-changes` as const;
    /** Where Knative runs, its controller writes as well, and its finalizer takes a moment. */
    const end = (watch: JobWatch) =>
      until("it is deleted", async () => {
        const seen = await watch.read();
        return !seen || seen.isGoing || (await watch.remove(seen.resourceVersion)) === "done";
      });
    const gone = (watch: JobWatch) => until("it is gone", async () => (await watch.read()) === undefined);
    const endWhole = (watch: JobWatch) => end(watch).then(() => gone(watch));

    test("is none before it is touched, and can be rehearsed without a trace", async (context) => {
      const watch = await connect(context);
      await watch.rehearse(at(1));
      assert.equal(await watch.read(), undefined);
    });

    test("is created by a touch, with the spec that the folder has, and is not ready at once", async (context) => {
      const watch = await connect(context);
      const seen = await watch.touch(at(1));
      assert.deepEqual([seen?.touchedAt, seen?.isReady, seen?.isGoing], [at(1), false, false]);
      const { body } = await world.api.call<{ spec: Record<string, unknown> }>({ method: "GET", path: path() });
      const { mode, resources, sink, serviceAccountName } = body.spec;
      assert.deepEqual([mode, serviceAccountName], ["Resource", "job-changes"]);
      const selector = { matchLabels: { "keptn.sh/jes-state": "released" } };
      assert.deepEqual(resources, [{ apiVersion: "batch/v1", kind: "Job", selector }]);
      assert.equal((sink as { ref: { name: string } }).ref.name, "jobs");
      await endWhole(watch);
    });

    test("is one, whoever touches it how often and at once, and each touch changes its version", async (context) => {
      const watch = await connect(context);
      const seen = await Promise.all([watch.touch(at(1)), watch.touch(at(2))]);
      const again = await watch.touch(at(3));
      const versions = [...seen, again].map((one) => one?.resourceVersion);
      assert.equal(new Set(versions).size, 3);
      assert.deepEqual((await watch.read())?.touchedAt, at(3));
      await endWhole(watch);
    });

    test("is renewed and removed at the version that was read, and not when somebody touched it since", async (context) => {
      const watch = await connect(context);
      const first = (await watch.touch(at(1)))?.resourceVersion ?? "";
      await until("it is renewed", async () => {
        await watch.renew(at(2), (await watch.read())?.resourceVersion ?? "");
        return (await watch.read())?.touchedAt.getTime() === at(2).getTime();
      });
      await watch.renew(at(5), first);
      assert.deepEqual((await watch.read())?.touchedAt, at(2));
      assert.equal(await watch.remove(first), "stale");
      assert.equal((await watch.read())?.isGoing, false);
      await endWhole(watch);
    });

    test("that is gone is renewed and removed without a fault, and stays gone", async (context) => {
      const watch = await connect(context);
      await watch.renew(at(1), "1");
      assert.equal(await watch.remove("1"), "done");
      assert.equal(await watch.read(), undefined);
    });

    test("that waits for Knative's finalizer is seen as one that goes, also by who touches it", async (context) => {
      const watch = await connect(context);
      await watch.touch(at(1));
      const setFinalizers = async (value: readonly string[]) => {
        const body = [{ op: "add", path: "/metadata/finalizers", value }];
        const contentType = "application/json-patch+json";
        await world.api.call({ method: "PATCH", path: path(), contentType, body });
      };
      await setFinalizers(["example.org/wait"]);
      await end(watch);
      const [read, touched] = [await watch.read(), await watch.touch(at(2))];
      assert.deepEqual([read?.isGoing, touched?.isGoing, touched?.isReady], [true, true, false]);
      await setFinalizers([]);
      await gone(watch);
    });

    test("whose spec cannot be read, or is none, is not touched, and says what is missing", async (context) => {
      const broken = await connect(context, { ...spec, sink: "ref: {" });
      await assert.rejects(broken.touch(at(1)), /WATCH_SPEC_DIR=.*: sink is not YAML/);
      const empty = await connect(context, {});
      await assert.rejects(empty.touch(at(1)), /WATCH_SPEC_DIR=.*: it has no file/);
      assert.equal(await broken.read(), undefined);
    });
  });
};
