// Tasks in real pods read files that the init container fetched, in a namespace that enforces `restricted`.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { loadFunctionsImage } from "./harness/image.ts";
import { makeRandom } from "./harness/random.ts";
import { type Relay, startRelay } from "./harness/relay.ts";
import { openWorld, type TestWorld, testImage, until } from "./harness/world.ts";
import { noCluster } from "./namespace.ts";

const action = (name: string, files: readonly string[], script: string): string => `
  - name: ${name}
    events: [{name: "^sh.keptn.event.${name}.triggered$"}]
    tasks:
      - name: ${name}
        image: ${testImage}
        imagePullPolicy: IfNotPresent
        files: ${JSON.stringify(files)}
        cmd: ["sh", "-c", ${JSON.stringify(script)}]`;

const config = `apiVersion: v2
actions:${[
  action(
    "script",
    ["scripts/", "/scripts/say.sh"],
    "/keptn/scripts/say.sh 'from the script'; touch /keptn/scripts/new /keptn/other",
  ),
  action("missing", ["scripts/say.sh", "scripts/nothing.sh"], "echo never"),
  action("large", ["large.bin"], "sha256sum /keptn/large.bin"),
  action("away", ["many"], "ls /keptn/many | wc -l; cat /keptn/many/*"),
  action("heavy", ["heavy"], "cat /keptn/heavy/* | sha256sum"),
  action("credentials", ["scripts"], "env; cat /proc/1/environ"),
].join("")}
`;

const at = { project: "sockshop", stage: "dev", service: "carts" };
const large = randomBytes(15e6);
const heavy = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`heavy/${i + 10}`, randomBytes(1e6)]));
const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`many/${i}`, `file ${i}\n`]));

describe("files in real pods", { skip: noCluster }, () => {
  let world: TestWorld;
  let relay: Relay;
  before(async () => {
    const image = await loadFunctionsImage();
    relay = await startRelay();
    world = await openWorld({
      unreliability: { random: makeRandom(1), lost: 0, doubled: 0, lateMs: 0 },
      settings: {
        KEPTN_API_ENDPOINT: `${relay.url}/api`,
        INIT_CONTAINER_IMAGE: image,
        FILES_VOLUME_SIZE: "100Mi",
        DEFAULT_RESOURCE_LIMITS_MEMORY: "80Mi",
        DEFAULT_RESOURCE_REQUESTS_MEMORY: "80Mi",
      },
      namespaceLabels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    relay.lead(Number(new URL(world.keptn.endpoint).port));
    await createSecret(world);
    const script = '#!/bin/sh\necho "$1: it ran"\n';
    world.keptn.plane.projects.addFiles(at, { "scripts/say.sh": script, "large.bin": large, ...heavy, ...many });
    world.configure(config);
  });
  after(async () => {
    await world?.close();
    await relay?.close();
  });

  const triggered = async (task: string): Promise<KeptnEvent> => {
    const { event, status } = await world.run(`sh.keptn.event.${task}.triggered`);
    assert.equal(status, 204);
    return event;
  };

  const finished = async (event: KeptnEvent): Promise<{ readonly result: unknown; readonly message: string }> => {
    await until(`finished of ${event.type}`, () => world.keptn.counts(event.id)?.state === "complete");
    const { started, finished: count } = world.keptn.counts(event.id) ?? {};
    assert.deepEqual([started, count], [1, 1]);
    const sent = world.keptn.plane.received.find((e) => e.triggeredid === event.id && e.type.endsWith(".finished"));
    return { result: sent?.data["result"], message: String(sent?.data["message"]) };
  };

  test("a task runs a fetched script, and may write next to it", async () => {
    const { result, message } = await finished(await triggered("script"));
    assert.equal(result, "pass", message);
    assert.match(message, /^from the script: it ran$/m);
    assert.doesNotMatch(message, /fetch-files/);
  });

  test("a missing file fails the task, and the report names the file", async () => {
    const { result, message } = await finished(await triggered("missing"));
    assert.equal(result, "fail");
    assert.match(
      message,
      /failed: its files could not be fetched\. .*scripts\/nothing\.sh is not in .*service carts, stage dev/,
    );
    assert.doesNotMatch(message, /never/);
  });

  test("a file of 15 MB arrives byte for byte", async () => {
    const { result, message } = await finished(await triggered("large"));
    assert.equal(result, "pass", message);
    assert.match(message, new RegExp(`^${createHash("sha256").update(large).digest("hex")} `, "m"));
  });

  test("50 MB of files are fetched in 80 MiB of memory", async () => {
    const { result, message } = await finished(await triggered("heavy"));
    assert.equal(result, "pass", message);
    const hash = createHash("sha256").update(Buffer.concat(Object.values(heavy)));
    assert.match(message, new RegExp(`^${hash.digest("hex")} `, "m"));
  });

  test("the fetch survives an outage of Keptn for 20 s", async () => {
    const earlier = world.keptn.calls.length;
    const asked = () => world.keptn.calls.slice(earlier).filter((call) => call.includes("many%252F")).length;
    world.keptn.fault({ on: /many%252F/, kind: { delayMs: 500 }, times: 20 });
    const event = await triggered("away");
    await until("the first of the files was asked for", () => asked() > 0);
    await relay.cut();
    assert.ok(asked() < 20, `all ${asked()} files were asked for before Keptn went away`);
    await sleep(20_000);
    await relay.mend();
    const { result, message } = await finished(event);
    assert.equal(result, "pass", message);
    assert.match(message, /^20$/m);
    for (const text of Object.values(many)) assert.ok(message.includes(text), message);
  });

  test("the task's container sees nothing of Keptn's credentials", async () => {
    const { message } = await finished(await triggered("credentials"));
    assert.match(message, /KEPTN_PROJECT=sockshop/);
    assert.ok(!message.includes(world.keptn.token));
    assert.doesNotMatch(message, /KEPTN_API|FETCH_ORDER/);
  });
});

/** As an operator puts it into the namespaces of Jobs. */
const createSecret = async ({ namespace, keptn }: TestWorld): Promise<void> => {
  const metadata = { name: "job-service-keptn-secrets" };
  const body = { apiVersion: "v1", kind: "Secret", metadata, stringData: { token: keptn.token } };
  await namespace.api.call({ method: "POST", path: `/api/v1/namespaces/${namespace.name}/secrets`, body });
};
