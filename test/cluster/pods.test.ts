// Real pods with injected sidecars, an eviction by the kubelet, and a drained node: Keptn is told what the task itself did.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { Job, Pod } from "../../functions/lib/core/kubernetes.ts";
import type { KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { sendSweep } from "./harness/adapter.ts";
import { type FaultyApi, startFaultyApi } from "./harness/faulty-api.ts";
import { injectSidecar } from "./harness/inject-sidecar.ts";
import { forNoNode } from "./harness/kubelet.ts";
import { drain, podsOf } from "./harness/pods.ts";
import { makeRandom } from "./harness/random.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const sh = (script: string): string =>
  `image: ${testImage}, imagePullPolicy: IfNotPresent, cmd: ["sh", "-c", ${JSON.stringify(script)}]`;
const says = (result: string): string => sh(`echo the words of the task; echo '${result}' > $KEPTN_RESULT`);

/** By the name of the action: its tasks. A sidecar is injected where its annotation asks for one. */
const tasks: Readonly<Record<string, readonly string[]>> = {
  "sidecar-first": [`{name: own, ${says("result: warning")}, annotations: {test/sidecar: "a-sidecar=exit 0"}}`],
  "sidecar-fails": [`{name: own, ${sh("exit 3")}, annotations: {test/sidecar: "a-sidecar=exit 0"}}`],
  "never-ends": [
    `{name: own, ${says("deployment: {color: blue}")}, annotations: {test/sidecar: "istio-proxy=trap exit TERM; sleep 1000 & wait"}}`,
    `{name: next, ${sh("echo it goes on")}}`,
  ],
  native: [`{name: own, ${sh("exit 4")}, annotations: {test/native: "a-native=sleep 1000"}}`],
  evicted: [`{name: own, ${sh("true")}, ${forNoNode}}`],
  "too-large": [`{name: own, ${sh("echo writing; head -c 30000000 /dev/zero > /keptn/large; sleep 1000")}}`],
  drained: [`{name: own, ${sh("echo at work; sleep 1000")}}`],
  sandbox: [
    `{name: own, ${sh("true")}, resources: {limits: {cpu: 500m, memory: 128m}, requests: {cpu: 1m, memory: 128m}}}`,
  ],
};

const config = `apiVersion: v2
actions:
${Object.entries(tasks)
  .map(
    ([name, all]) =>
      `  - {name: ${name}, events: [{name: ^sh.keptn.event.${name}.triggered$}], tasks: [${all.join(", ")}]}`,
  )
  .join("\n")}
`;

describe("real pods with sidecars, and evicted pods", { skip: noCluster }, () => {
  let world: TestWorld;
  let injector: FaultyApi;
  let timer: NodeJS.Timeout;
  const runs = new Map<string, Promise<KeptnEvent>>();
  before(async () => {
    const unreliability = { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 };
    injector = await startFaultyApi({ random: makeRandom(1), refused: 0, cut: 0, mutateJob: injectSidecar });
    const settings = { KUBECONFIG: injector.kubeconfig, START_GRACE_SECONDS: "10", FILES_VOLUME_SIZE: "10Mi" };
    world = await openWorld({ unreliability, settings });
    world.configure(config);
    timer = setInterval(() => void sendSweep(world.finishTask.url), 10_000);
    for (const name of Object.keys(tasks)) {
      const run = world.run(`sh.keptn.event.${name}.triggered`).then(({ event }) => event);
      run.catch(() => {});
      runs.set(name, run);
    }
  });
  after(async () => {
    clearInterval(timer);
    await world?.close();
    await injector?.close();
  });

  const finished = async (name: string) => {
    const event = await runs.get(name);
    assert.ok(event);
    const find = () =>
      world.keptn.plane.received.find((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
    await until(`finished of ${name}`, () => find() !== undefined, 240);
    const data = find()?.data ?? {};
    return { event, data, verdict: [data["status"], data["result"]], message: String(data["message"]) };
  };

  test("a sidecar whose name sorts first affects neither the result nor the status", async () => {
    const { verdict, message } = await finished("sidecar-first");
    assert.deepEqual(verdict, ["succeeded", "warning"], message);
    const failed = await finished("sidecar-fails");
    assert.deepEqual(failed.verdict, ["succeeded", "fail"]);
    assert.match(failed.message, /^Task 'own' failed: container job-executor-\S+ ended with exit code 3/);
  });

  test("a sidecar that never exits blocks neither the run nor its result, and is stopped", async () => {
    const { event, data, verdict, message } = await finished("never-ends");
    assert.deepEqual(verdict, ["succeeded", "pass"], message);
    assert.deepEqual(data["deployment"], { color: "blue" });
    assert.match(message, /container istio-proxy kept running until it was stopped.*sidecar\.istio\.io\/inject/);
    assert.match(message, /the words of the task[\s\S]*it goes on/);
    await until(
      "no pod of it runs",
      async () => (await podsOf(world, event)).every(({ status }) => status?.phase !== "Running"),
      120,
    );
    const isReported = ({ metadata }: Job) => metadata?.labels?.["keptn.sh/jes-state"] === "reported";
    await until("both of its Jobs are let go", async () => (await world.jobsOf(event)).filter(isReported).length === 2);
  });

  test("a native sidecar that the kubelet ends with 137 or 143 is not a failure", async () => {
    const { verdict, message } = await finished("native");
    assert.deepEqual(verdict, ["succeeded", "fail"]);
    assert.match(message, /^Task 'own' failed: container job-executor-\S+ ended with exit code 4/);
  });

  test("an evicted pod is reported as evicted, as in its Job's status", async () => {
    const event = await runs.get("evicted");
    assert.ok(event);
    await until("it has a pod", async () => (await podsOf(world, event)).length > 0, 240);
    await writeEviction(world.namespace.api, (await podsOf(world, event))[0]!);
    const { verdict, message } = await finished("evicted");
    assert.deepEqual(verdict, ["errored", "fail"], message);
    assert.match(message, /Kubernetes removed its pod: Evicted: Usage of EmptyDir volume .* exceeds the limit "10Mi"/);
    const [job] = await world.jobsOf(event);
    assert.ok(job?.status?.conditions?.some(({ reason }) => reason === "PodFailurePolicy"));
  });

  test("a pod that overfills its volume is reported as evicted, in the kubelet's words", async (t) => {
    const event = await runs.get("too-large");
    assert.ok(event);
    if (!(await watchesVolumes(world.namespace.api))) {
      world.keptn.plane.shipyard.abort(event.shkeptncontext);
      return t.skip("the kubelets of this cluster do not watch volumes (localStorageCapacityIsolation)");
    }
    const { verdict, message } = await finished("too-large");
    assert.deepEqual(verdict, ["errored", "fail"], message);
    assert.match(message, /Kubernetes removed its pod: Evicted: Usage of EmptyDir volume .* exceeds the limit "10Mi"/);
  });

  test("a pod of a drained node is reported as removed, even after its deletion", async () => {
    const event = await runs.get("drained");
    assert.ok(event);
    const { api } = world.namespace;
    const running = async () => (await podsOf(world, event)).find(({ status }) => status?.phase === "Running");
    await until("it runs", async () => (await running()) !== undefined, 240);
    await drain(api, (await running())!);
    const { verdict, message } = await finished("drained");
    assert.deepEqual(verdict, ["errored", "fail"], message);
    assert.match(message, /Kubernetes removed its pod: .*(DisruptionTarget|EvictionByEvictionAPI)/);
  });

  test("a pod whose sandbox cannot be created is given up, in the kubelet's words", async () => {
    const { verdict, message } = await finished("sandbox");
    assert.deepEqual(verdict, ["errored", "fail"], message);
    assert.match(message, /could not start: the sandbox of pod \S+ is missing\. Kubernetes said: Failed/);
  });
});

/** What a kubelet writes that evicts a pod for its volume (pkg/kubelet/eviction/eviction_manager.go, evictPod). */
const writeEviction = async (api: KubernetesApi, { metadata }: Pod): Promise<void> => {
  const message = 'Usage of EmptyDir volume "job-volume" exceeds the limit "10Mi". ';
  const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
  const condition = { type: "DisruptionTarget", status: "True", reason: "TerminationByKubelet", message };
  const status = { phase: "Failed", reason: "Evicted", message, conditions: [{ ...condition, lastTransitionTime }] };
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/status`;
  await api.call({ method: "PATCH", path, body: { status }, contentType: "application/strategic-merge-patch+json" });
};

/** Whether the node's kubelet evicts for a volume that is too large: one that cannot see its file systems does not. */
const watchesVolumes = async (api: KubernetesApi): Promise<boolean> => {
  const { body } = await api.call<{ items: readonly { metadata: { name: string } }[] }>({
    method: "GET",
    path: "/api/v1/nodes",
  });
  const path = `/api/v1/nodes/${body.items[0]?.metadata.name}/proxy/configz`;
  const config = await api.call<{ kubeletconfig?: { localStorageCapacityIsolation?: boolean } }>({
    method: "GET",
    path,
  });
  return config.body.kubeletconfig?.localStorageCapacityIsolation !== false;
};
