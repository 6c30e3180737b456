// `kn func`: start-job deployed by func from the project's root, and a Keptn event sent to it by `func invoke`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { connectApi } from "../../functions/lib/kubernetes/api.ts";
import { loadFunctionsImage } from "../cluster/harness/image.ts";
import { makeUser } from "../contract/keptn-user.ts";
import { type Installation, makeInstallation } from "./harness/installation.ts";
import { type Observer, observe, type SeenEvent } from "./harness/observer.ts";
import { assertPassed } from "./harness/passed.ts";
import { makeScenario, type Scenario } from "./harness/scenario.ts";

const { KUBECONFIG, KEPTN_ENDPOINT = "", KEPTN_API_TOKEN = "", KEPTN_NATS_URL = "" } = process.env;
/** Where it is. */
const func = process.env["FUNC"] ?? "";
const skip =
  KUBECONFIG && KEPTN_ENDPOINT && existsSync(func)
    ? false
    : "no cluster with Keptn is named, or FUNC names no file of func";
const run = promisify(execFile);

describe("kn func", { skip }, () => {
  const root = join(tmpdir(), `func-${randomUUID().slice(0, 8)}`);
  let installation: Installation;
  let observer: Observer;
  let scenario: Scenario;
  let image: string;

  before(async () => {
    image = await loadFunctionsImage();
    const project = `func-${randomUUID().slice(0, 8)}`;
    // keptn-source gets nothing: events come from `func invoke` alone.
    const settings = { PUBSUB_URL: "nats://keptn-nats.keptn", PROJECT_FILTER: "no-project" };
    installation = await makeInstallation({ overlay: "func", token: KEPTN_API_TOKEN, settings });
    const { namespace } = installation;
    observer = await observe(KEPTN_NATS_URL, { api: connectApi(), namespace });
    const user = makeUser({ endpoint: KEPTN_ENDPOINT, token: KEPTN_API_TOKEN });
    scenario = await makeScenario(user, { observer, project });
    // func writes what it did into func.yaml: a clone is its root.
    await run("git", ["clone", "--quiet", resolve(import.meta.dirname, "../.."), root]);
  });
  after(async () => {
    await scenario?.remove();
    await observer?.close();
    await run(func, ["delete", "start-job", "--namespace", installation.namespace], { cwd: root });
    await installation.remove(false); // takes Kubernetes two minutes: pods that still run; the other test waits for its own
    await rm(root, { recursive: true, force: true });
  });

  /** As the Broker takes it in structured mode: `func invoke` of its own accord sends no extension attributes. */
  const invoke = async ({ id, type, source, context, data }: SeenEvent): Promise<void> => {
    const broker = ["get", "service", "broker-ingress", "-n", "knative-eventing", "-o", "jsonpath={.spec.clusterIP}"];
    const { stdout: address } = await run("kubectl", broker);
    const event = { specversion: "1.0", id, type, source, shkeptncontext: context, data };
    const target = `http://${address}/${installation.namespace}/keptn`;
    const format = ["--format", "http", "--content-type", "application/cloudevents+json"];
    await run(func, ["invoke", "--target", target, ...format, "--data", JSON.stringify(event)], { cwd: root });
  };

  test("deploys start-job from the root, next to the objects of the overlay", async () => {
    await installation.apply(image);
    const where = ["--image", image, "--namespace", installation.namespace];
    await run(func, ["deploy", "--build=false", "--push=false", ...where], { cwd: root });
    const wait = ["wait", "--for=condition=Ready", "--all", "--timeout=180s", "ksvc,broker,trigger"];
    await installation.kubectl(...wait);
  });

  test("mounts the token as a file, which a new Secret updates without a restart", async () => {
    const path = "jsonpath={.spec.template.spec.containers[0].env[?(@.name=='KEPTN_API_TOKEN_FILE')].value}";
    const ksvc = (query: string) => installation.kubectl("get", "ksvc", "start-job", "-o", query);
    assert.equal(await ksvc(path), "/etc/keptn/token");
    const secrets = await ksvc("jsonpath={.spec.template.spec.volumes[*].secret.secretName}");
    assert.equal(secrets, "job-service-keptn-secrets");
    assert.equal(await ksvc("jsonpath={..valueFrom.secretKeyRef.name}"), "");
  });

  test("sends the function a Keptn event, and its task runs to completion", async () => {
    const ran = await scenario.run("remote-task", { onTriggered: invoke });
    assertPassed(ran);
    assert.match(String(ran.finished[0]?.data["message"]), /by func/);
  });
});
