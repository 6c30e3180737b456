// Graphs of tasks and pods with extra settings in real pods, verified by their times, their volumes and Keptn's events.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Pod } from "../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { drain, podsOf } from "./harness/pods.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const task = (name: string, script: string, more = ""): string =>
  `{name: ${name}, image: ${testImage}, imagePullPolicy: IfNotPresent, cmd: ["sh", "-c", ${JSON.stringify(script)}]${more && `, ${more}`}}`;
/** The claim outlasts a pod: the first one leaves a trace for the second. */
const cache = "volumes: [{mount: cache, path: /cache, claim: cache}]";
const value = "env: [{name: IMAGE, valueFrom: task, value: $.build.build.image}]";
const key = "env: [{name: DB_PASSWORD, valueFrom: secret, secret: {name: database, key: password}}]";

const actions: Readonly<Record<string, readonly string[]>> = {
  diamond: [
    task("build", "echo '{build: {image: registry/app:17}}' > $KEPTN_RESULT"),
    task("left", "sleep 4", "needs: [build]"),
    task("right", "sleep 4", "needs: [build]"),
    task("join", 'echo "joined with $IMAGE"', `needs: [left, right], ${value}`),
  ],
  "second try": [task("flaky", "test -e /cache/tried || { touch /cache/tried; exit 3; }", `retries: 1, ${cache}`)],
  drained: [
    task(
      "long",
      "test -e /cache/began || { touch /cache/began; trap 'exit 143' TERM; sleep 1000 & wait; }",
      `retries: 0, ${cache}`,
    ),
    task("next", "echo after it"),
  ],
  "clean up": [
    task("deploy", "exit 5"),
    task("never", "true"),
    task("undo", "echo undone", "when: failure"),
    task("sweep", "echo swept", "when: always"),
  ],
  extras: [
    task("one key", 'test "$DB_PASSWORD" = hunter2 && test -z "$user$OTHER"', key),
    task("small", "df -k /keptn | tail -n 1 | grep -E '^tmpfs +16384 '", "volume: {size: 16Mi, medium: Memory}"),
  ],
};
const typeOf = (name: string): string => `sh.keptn.event.${name.replace(" ", "-")}.triggered`;
const config = `apiVersion: v2
actions:
${Object.entries(actions)
  .map(([name, tasks]) => `  - {name: ${name}, events: [{name: ^${typeOf(name)}$}], tasks: [${tasks.join(", ")}]}`)
  .join("\n")}
`;

describe("graphs of tasks and pod settings in real pods", { skip: noCluster }, () => {
  let world: TestWorld;
  let volume: string;
  const runs = new Map<string, Promise<KeptnEvent>>();
  before(async () => {
    const unreliability = { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 };
    world = await openWorld({ unreliability, settings: { ALLOWED_VOLUMES: "emptyDir,claim:cache" } });
    volume = await makeClaim(world, "cache");
    const metadata = { name: "database" };
    const body = { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "hunter2", user: "u" } };
    const path = `/api/v1/namespaces/${world.namespace.name}/secrets`;
    await world.namespace.api.call({ method: "POST", path, body });
    world.configure(config);
    for (const name of Object.keys(actions)) {
      const run = world.run(typeOf(name)).then(({ event }) => event);
      run.catch(() => {});
      runs.set(name, run);
    }
  });
  after(async () => {
    await world?.close();
    if (volume) await world.namespace.api.call({ method: "DELETE", path: `/api/v1/persistentvolumes/${volume}` });
  });

  const eventOf = async (name: string): Promise<KeptnEvent> => (await runs.get(name)) ?? assert.fail(name);
  const finished = async (name: string) => {
    const event = await eventOf(name);
    const find = () =>
      world.keptn.plane.received.find((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
    await until(`finished of ${name}`, () => find() !== undefined, 300);
    const data = find()?.data ?? {};
    return { event, verdict: [data["status"], data["result"]], message: String(data["message"]) };
  };
  const podsByTask = async (event: KeptnEvent) =>
    Map.groupBy(await podsOf(world, event), ({ metadata }) => metadata?.labels?.["keptn.sh/jes-task"] ?? "");

  test("a diamond: two tasks run in parallel, the last one after both, with the first one's value", async () => {
    const { event, verdict, message } = await finished("diamond");
    assert.deepEqual(verdict, ["succeeded", "pass"], message);
    assert.match(message, /joined with registry\/app:17/);
    const pods = await podsByTask(event);
    const [build, left, right, join] = ["build", "left", "right", "join"].map((name) => timesOf(pods.get(name)?.[0]));
    assert.ok(build && left && right && join);
    console.log(`  left ran from ${left.from} to ${left.to}, right from ${right.from} to ${right.to}`);
    assert.ok(left.from < right.to && right.from < left.to, "left and right did not run side by side");
    assert.ok(build.to <= left.from && build.to <= right.from && left.to <= join.from && right.to <= join.from);
  });

  test("a failed task is retried with its claim, and the second pod's outcome counts", async () => {
    const { event, verdict, message } = await finished("second try");
    assert.deepEqual(verdict, ["succeeded", "pass"], message);
    assert.equal((await podsByTask(event)).get("flaky")?.length, 2);
  });

  test("a task with retries on a drained node: its pod is replaced, and no failure is reported", async () => {
    const event = await eventOf("drained");
    const running = async () => (await podsOf(world, event)).find(({ status }) => status?.phase === "Running");
    await until("it runs", async () => (await running()) !== undefined, 240);
    await drain(world.namespace.api, (await running())!);
    const { verdict, message } = await finished("drained");
    assert.deepEqual(verdict, ["succeeded", "pass"], message);
    assert.match(message, /after it/);
    assert.ok(!/fail|evict|disrupt/i.test(message), message);
  });

  test("after a failure the cleanup runs, and tasks that need the failed one do not", async () => {
    const { event, verdict, message } = await finished("clean up");
    assert.deepEqual(verdict, ["succeeded", "fail"], message);
    assert.match(message, /^Task 'deploy' failed: .*exit code 5[\s\S]*undone[\s\S]*swept/);
    assert.deepEqual([...(await podsByTask(event)).keys()].sort(), ["deploy", "sweep", "undo"]);
  });

  test("one key of a Secret under another name, and an in-memory /keptn of a given size", async () => {
    const { verdict, message } = await finished("extras");
    assert.deepEqual(verdict, ["succeeded", "pass"], message);
  });
});

/** Of the task's own container, RFC 3339. */
const timesOf = (pod: Pod | undefined): { readonly from: string; readonly to: string } | undefined => {
  const { startedAt, finishedAt } = pod?.status?.containerStatuses?.[0]?.state?.terminated ?? {};
  return startedAt && finishedAt ? { from: String(startedAt), to: String(finishedAt) } : undefined;
};

/** A claim of a folder of the node that everybody may write to, as a cluster's storage would give it. @returns the volume's name */
const makeClaim = async ({ namespace: { api, name: namespace } }: TestWorld, name: string): Promise<string> => {
  const volume = `${namespace}-${name}`;
  const [size, accessModes] = [{ storage: "16Mi" }, ["ReadWriteMany"]];
  const hostPath = { path: `/tmp/test-volumes/${volume}`, type: "DirectoryOrCreate" };
  const claimRef = { namespace, name };
  const body = {
    ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: volume } },
    spec: { capacity: size, accessModes, hostPath, claimRef, storageClassName: "" },
  };
  await api.call({ method: "POST", path: "/api/v1/persistentvolumes", body });
  const claim = {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name } },
    spec: { accessModes, resources: { requests: size }, volumeName: volume, storageClassName: "" },
  };
  await api.call({ method: "POST", path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, body: claim });
  await openFolder(api, { namespace, name });
  return volume;
};

/** Tasks run as nobody: what the kubelet makes of a folder is root's. */
const openFolder = async (api: KubernetesApi, claim: { readonly namespace: string; readonly name: string }) => {
  const path = `/api/v1/namespaces/${claim.namespace}/pods`;
  const container = { name: "open", image: testImage, command: ["chmod", "777", "/folder"] };
  const mounted = {
    ...container,
    imagePullPolicy: "IfNotPresent",
    volumeMounts: [{ name: "folder", mountPath: "/folder" }],
  };
  const volumes = [{ name: "folder", persistentVolumeClaim: { claimName: claim.name } }];
  const spec = { containers: [mounted], volumes, restartPolicy: "Never" };
  await api.call({ method: "POST", path, body: { apiVersion: "v1", kind: "Pod", metadata: { name: "open" }, spec } });
  const phase = async () => (await api.call<Pod>({ method: "GET", path: `${path}/open` })).body.status?.phase;
  await until("the claim's folder is open", async () => (await phase()) === "Succeeded", 240);
};
