// Values of the chart: what they set, and that wrong ones are refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KubernetesObject } from "../manifests/overlays.ts";
import { noHelm, render } from "./helm.ts";

const settingsIn = (objects: readonly KubernetesObject[]): Readonly<Record<string, string>> =>
  objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("job-executor-settings"))?.[
    "data"
  ];

const settingsOf = async (settings: object) => settingsIn(await render({ settings }));

const nameOf = async (settings: object): Promise<string | undefined> =>
  (await render({ settings })).find(({ metadata }) => metadata.name.startsWith("job-executor-settings"))?.metadata.name;

describe("values", { concurrency: 2, skip: noHelm }, () => {
  test("set the image of all programs, the namespace and the Secret", async () => {
    const image = "registry.example.org/jef@sha256:0123";
    const values = { image, secretName: "keptn", eventRoute: "nats", components: ["dead-letters"] };
    const objects = await render(values, "elsewhere");
    const text = JSON.stringify(objects);
    assert.doesNotMatch(text, /dev\.local|keptn-jes|job-service-keptn-secrets/);
    assert.equal(text.match(/registry\.example\.org\/jef@sha256:0123/g)?.length, 5);
    assert.deepEqual([...new Set(objects.map(({ metadata }) => metadata.namespace))], ["elsewhere"]);
    const { JOB_NAMESPACE, K8S_NAMESPACE, KEPTN_SECRET_NAME, INIT_CONTAINER_IMAGE } = settingsIn(objects);
    assert.deepEqual([JOB_NAMESPACE, K8S_NAMESPACE, KEPTN_SECRET_NAME], ["elsewhere", "elsewhere", "keptn"]);
    assert.equal(INIT_CONTAINER_IMAGE, image);
  });

  test("are settings as the programs read them", async () => {
    const settings = await settingsOf({
      VERIFY_EVENTS: false,
      MAX_REQUEST_BYTES: 2097152,
      PUBSUB_TOPIC: ["sh.keptn.event.test.triggered", "sh.keptn.event.release.triggered"],
      JOB_LABELS: { team: "carts" },
      JOB_SECURITY_CONTEXT: { runAsUser: 1000000 },
      WATCH_IDLE_SECONDS: "always",
      DEFAULT_RESOURCE_LIMITS_CPU: 2,
      DEFAULT_RESOURCE_REQUESTS_CPU: 0.5,
    });
    assert.equal(settings["VERIFY_EVENTS"], "false");
    assert.equal(settings["MAX_REQUEST_BYTES"], "2097152");
    assert.equal(settings["PUBSUB_TOPIC"], "sh.keptn.event.test.triggered,sh.keptn.event.release.triggered");
    assert.equal(settings["JOB_LABELS"], '{"team":"carts"}');
    assert.equal(settings["JOB_SECURITY_CONTEXT"], '{"runAsUser":1000000}');
    assert.equal(settings["WATCH_IDLE_SECONDS"], "always");
    assert.equal(settings["DEFAULT_RESOURCE_LIMITS_CPU"], "2");
    assert.equal(settings["DEFAULT_RESOURCE_REQUESTS_CPU"], "0.5");
  });

  test("name the settings by their content, so that a change makes new Revisions", async () => {
    const [plain, debug] = [await nameOf({}), await nameOf({ LOG_LEVEL: "debug" })];
    assert.match(String(plain), /^job-executor-settings-[a-z0-9]{10}$/);
    assert.notEqual(plain, debug);
  });
});

const wrong: readonly (readonly [title: string, values: object, says: RegExp])[] = [
  ["a misspelled setting", { settings: { LOG_LEVL: "debug" } }, /settings.*'LOG_LEVL' not allowed/],
  ["a setting of the wrong kind", { settings: { TASK_DEADLINE_SECONDS: "soon" } }, /settings\/TASK_DEADLINE_SECONDS/],
  ["a number that is too small", { settings: { MAX_EVENT_BYTES: 1 } }, /settings\/MAX_EVENT_BYTES/],
  ["a setting that belongs in the Secret", { settings: { KEPTN_API_TOKEN: "x" } }, /'KEPTN_API_TOKEN' not allowed/],
  ["a setting that the chart sets", { settings: { JOB_NAMESPACE: "x" } }, /JOB_NAMESPACE.*Set jobNamespace\.name/],
  ["an unknown component", { components: ["kafka"] }, /components\/0/],
  ["two durable Brokers", { components: ["kafka-broker", "rabbitmq-broker"] }, /Remove kafka-broker or rabbitmq/],
  ["an unknown route", { eventRoute: "kafka" }, /eventRoute.*webhook/],
  ["a misspelled value", { secretname: "x" }, /'secretname' not allowed/],
  ["the release's namespace as the other one", { jobNamespace: { name: "keptn-jes" } }, /Leave it empty/],
  ["a namespace that cannot be", { jobNamespace: { name: "Jobs" } }, /jobNamespace\/name/],
];

describe("helm refuses", { concurrency: 2, skip: noHelm }, () => {
  for (const [title, values, says] of wrong) test(title, () => assert.rejects(render(values), says));
});
