import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fetchOrderOf } from "../../../../functions/lib/core/files/fetch-order.ts";
import {
  makeSnapshot,
  type SnapshotFile,
  wantsSnapshot,
  whyNotMountable,
  withSnapshot,
} from "../../../../functions/lib/core/files/snapshot.ts";
import type { PodSpec } from "../../../../functions/lib/core/kubernetes.ts";
import { makeFetchJob } from "../../../doubles/fetch-job.ts";
import { orderOf } from "../../../doubles/fetch-order.ts";

const file = (path: string, executable = false): SnapshotFile => ({ path, base64: "aGk=", bytes: 2, executable });
const podOf = (job: ReturnType<typeof makeFetchJob>): PodSpec => job.spec?.template.spec as PodSpec;

test("the order of a planned Job can be read back from the Job", () => {
  const order = orderOf({ files: ["a", "b/", "$(HOME)/$$/$"] });
  assert.deepEqual(fetchOrderOf(makeFetchJob(order)), order);
  assert.equal(fetchOrderOf(makeFetchJob(undefined)), undefined);
});

test("files are mounted one by one over an unchanged /keptn", () => {
  const job = makeFetchJob(orderOf({}));
  const pod = podOf(withSnapshot(job, [file("a b/run.sh", true), file("data")]));
  const [keptn, script, data] = pod.containers[0]?.volumeMounts ?? [];
  assert.deepEqual(keptn, podOf(job).containers[0]?.volumeMounts?.[0]);
  assert.deepEqual([script?.mountPath, data?.mountPath], ["/keptn/a b/run.sh", "/keptn/data"]);
  const [emptyDir, snapshot] = pod.volumes ?? [];
  assert.deepEqual(emptyDir, podOf(job).volumes?.[0]);
  assert.deepEqual(
    snapshot?.configMap?.items?.map(({ path, mode }) => [path, mode]),
    [
      [script?.subPath, 0o555],
      [data?.subPath, 0o444],
    ],
  );
});

test("the init container is removed together with the volumes that only it mounted", () => {
  const pod = podOf(withSnapshot(makeFetchJob(orderOf({})), [file("data")]));
  assert.equal(pod.initContainers, undefined);
  assert.deepEqual(
    pod.volumes?.map(({ name }) => name),
    ["keptn-files", "keptn-snapshot"],
  );
});

test("volumes and init containers of others stay", () => {
  const other = { name: "vault", image: "vault", volumeMounts: [{ name: "keptn-ca", mountPath: "/ca" }] };
  const fetch = podOf(makeFetchJob(orderOf({}))).initContainers ?? [];
  const job = makeFetchJob(orderOf({}), "job-1", { initContainers: [...fetch, other] });
  const pod = podOf(withSnapshot(job, [file("data")]));
  assert.deepEqual(pod.initContainers, [other]);
  assert.ok(pod.volumes?.some(({ name }) => name === "keptn-ca"));
});

test("the ConfigMap is owned by its Job and has the keys that the Job mounts", () => {
  const files = [file("a/x"), file("a_x"), file("ü")];
  const job = withSnapshot(makeFetchJob(orderOf({})), files);
  const map = makeSnapshot({ ...job, metadata: { ...job.metadata, uid: "u-1" } }, files);
  assert.equal(map.immutable, true);
  assert.deepEqual(map.metadata?.ownerReferences, [{ apiVersion: "batch/v1", kind: "Job", name: "job-1", uid: "u-1" }]);
  const volume = podOf(job).volumes?.find(({ configMap }) => configMap?.name === map.metadata?.name);
  assert.deepEqual(
    volume?.configMap?.items?.map(({ key }) => key),
    Object.keys(map.binaryData ?? {}),
  );
  assert.equal(new Set(Object.keys(map.binaryData ?? {})).size, 3);
});

test("every path becomes a valid ConfigMap key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 4000 }), (path) => {
      const keys = Object.keys(makeSnapshot(makeFetchJob(undefined), [file(path)]).binaryData ?? {});
      assert.match(keys[0] ?? "", /^[-._a-zA-Z0-9]{1,253}$/);
    }),
  );
});

test("names that cannot be mounted are reported", () => {
  assert.match(whyNotMountable([file("ok"), file("C:x")]) ?? "", /C:x/);
  assert.match(whyNotMountable([file("x\ny")]) ?? "", /x\\ny/);
  assert.match(whyNotMountable([file("a/b"), file("a/b/c")]) ?? "", /a\/b is both a file and a folder/);
  assert.equal(whyNotMountable([file("a b/ü+%.txt"), file("a b/c")]), undefined);
});

test("a Job shows whether it takes its files from a ConfigMap", () => {
  const job = makeFetchJob(orderOf({}));
  assert.deepEqual([wantsSnapshot(job), wantsSnapshot(withSnapshot(job, [file("x")]))], [false, true]);
});
