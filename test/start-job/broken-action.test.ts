// One broken or forbidden action in a config: it gets an errored event, and the others run as if it did not exist.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../functions/finish-task/handler.ts";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { type StartJobPorts, startJob } from "../../functions/start-job/handler.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const action = (name: string, task = "image: alpine", more = "") =>
  `  - {name: ${name}, events: [{name: ^${type}$}], tasks: [{name: ${name}, ${task}}]${more}}\n`;
const configOf = (...actions: readonly string[]) => `apiVersion: v2\nactions:\n${actions.join("")}`;

const wrong: Readonly<Record<string, { task: string; says: RegExp }>> = {
  "has a key that is none": { task: "image: alpine, imag: x", says: /unknown-key.*imag/ },
  "has a key twice": { task: "image: alpine, image: bash", says: /duplicate-key.*`image`/ },
  "has null in a list": { task: "image: alpine, args: [~]", says: /null-entry/ },
  "breaks a rule": { task: "image: alpine, securityContext: {privileged: true}", says: /privileged-not-allowed/ },
  "wants what the event lacks": {
    task: "image: alpine, env: [{name: A, value: $.data.nothing, valueFrom: event}]",
    says: /missing-event-value/,
  },
};

const open = async (context: TestContext, config: string) => {
  const world = await openWorld(context);
  world.configure(config);
  const event = world.keptn.trigger({ type });
  const deliver = (faulty: Partial<StartJobPorts> = {}) => {
    const all = { ...world.ports, ...faulty };
    return toDeliveryResult(all.log, () => startJob(all)(event));
  };
  const finish = (given: object) =>
    toDeliveryResult(world.ports.log, () =>
      finishTask(world.ports, new Set())({ specversion: "1.0", source: "x", ...given }),
    );
  const endAll = async () => {
    for (const { metadata } of world.jobs()) {
      const current = () => world.jobs().find((job) => job.metadata?.uid === metadata?.uid) ?? assert.fail();
      world.end(current(), { exitCode: 0 });
      const data = { apiVersion: "batch/v1", kind: "Job", ...current() };
      await finish({ id: randomUUID(), type: "dev.knative.apiserver.resource.update", data });
    }
  };
  const sweep = async () => {
    world.pass(60);
    await finish({ id: randomUUID(), type: "dev.knative.sources.ping", data: { action: "sweep" } });
  };
  const actions = () => world.jobs().map((job) => job.metadata?.labels?.[label.action]);
  const sentKinds = () =>
    world.keptn.plane.received.flatMap(({ type: sent }) => /\.(started|finished)$/.exec(sent)?.[1] ?? []);
  return { world, event, deliver, endAll, sweep, actions, sentKinds };
};

for (const [what, { task, says }] of Object.entries(wrong)) {
  for (const place of ["before", "behind"]) {
    const [first, second] =
      place === "before" ? [action("broken", task), action("whole")] : [action("whole"), action("broken", task)];
    test(`an action that ${what}, ${place} a valid one: it is reported as errored, the other one runs`, async (context) => {
      const { world, event, deliver, endAll, actions, sentKinds } = await open(context, configOf(first, second));
      assert.equal((await deliver()).statusCode, 204);
      assert.deepEqual(actions(), ["whole"]);
      assert.deepEqual(sentKinds(), ["started", "started", "finished"]);
      const [refused] = world.sent("finished");
      assert.deepEqual([refused?.data["status"], refused?.data["result"]], ["errored", "fail"]);
      assert.match(String(refused?.data["message"]), says);
      assert.equal(world.keptn.counts(event.id)?.state, "current");
      await deliver();
      world.pass(120);
      await deliver();
      assert.deepEqual(sentKinds(), ["started", "started", "finished"]);
      await endAll();
      assert.deepEqual(
        [world.keptn.counts(event.id)?.state, world.sent("started").length, world.sent("finished").length],
        ["complete", 2, 2],
      );
    });
  }
}

describe("a broken action", () => {
  test("changes nothing when it is for another event", async (context) => {
    const other = action("broken", "imag: x").replace("deployment", "test");
    const { deliver, endAll, actions, sentKinds, world, event } = await open(context, configOf(other, action("whole")));
    await deliver();
    await endAll();
    assert.deepEqual([actions(), sentKinds()], [["whole"], ["started", "finished"]]);
    assert.equal(world.keptn.counts(event.id)?.result?.result, "pass");
  });
  test("is only logged when it is silent", async (context) => {
    const config = configOf(action("broken", "imag: x", ", silent: true"), action("whole"));
    const { deliver, actions, sentKinds, world } = await open(context, config);
    await deliver();
    assert.deepEqual([actions(), sentKinds()], [["whole"], ["started"]]);
    assert.ok(world.lines.some(({ level, message }) => level === "warn" && /'broken' cannot run/.test(message)));
  });
  test("is reported when all others are silent", async (context) => {
    const config = configOf(action("broken", "imag: x"), action("whole", "image: alpine", ", silent: true"));
    const { deliver, actions, sentKinds, world, event } = await open(context, config);
    await deliver();
    assert.deepEqual([actions(), sentKinds()], [["whole"], ["started", "finished"]]);
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
  });
  // No lease keeps two deliveries apart here, and a second .finished would stand in for that of the run that still runs (seed 41300491).
  test("is left to the other one's report when its own delivery failed", async (context) => {
    const config = configOf(action("broken", "imag: x"), action("whole"));
    const { deliver, endAll, sweep, sentKinds, world, event } = await open(context, config);
    const patch = () => Promise.reject(new IoError("Kubernetes is away", { retryable: true }));
    assert.equal((await deliver({ jobs: { ...world.ports.jobs, patch } })).statusCode, 503);
    for (const seconds of [0, 10, 100]) {
      world.pass(seconds);
      assert.equal((await deliver()).statusCode, 204);
      assert.equal(sentKinds().includes("finished"), false);
    }
    await endAll();
    for (let minute = 0; minute < 5; minute++) await sweep();
    const [refused, whole] = world.sent("finished").map(({ data }) => [data["status"], data["message"]]);
    assert.deepEqual([refused?.[0], whole?.[0]], ["errored", "succeeded"]);
    assert.match(String(refused?.[1]), /^Action 'broken' was refused before it ran: start-job's log/);
    assert.deepEqual([sentKinds().length, world.keptn.counts(event.id)?.state], [4, "complete"]);
  });
  test("is reported by the sweep when start-job cannot reach Keptn, after the other one was announced", async (context) => {
    const { deliver, endAll, sweep, actions, world, event } = await open(
      context,
      configOf(action("broken", "imag: x"), action("whole")),
    );
    const fault = new IoError("Keptn POST v1/event: 503.", { retryable: true, httpStatus: 503 });
    const keptn: StartJobPorts["keptn"] = {
      ...world.ports.keptn,
      send: async () => {
        throw fault;
      },
    };
    assert.equal((await deliver({ keptn })).statusCode, 503);
    assert.deepEqual(actions(), ["whole"]);
    for (let minute = 0; minute < 5; minute++) await sweep();
    await endAll();
    for (let minute = 0; minute < 5; minute++) await sweep();
    assert.equal(world.keptn.counts(event.id)?.state, "complete");
    assert.deepEqual(
      world
        .sent("finished")
        .map(({ data }) => data["status"])
        .sort(),
      ["errored", "succeeded"],
    );
  });
});
