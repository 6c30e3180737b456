// The rules of Keptn that its double keeps and that the contract cannot ask a real one for at will.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { envelopeOf, type KeptnEvent } from "../../../functions/lib/core/event/keptn-event.ts";
import { makeStarted } from "../../../functions/lib/core/report/finished-event.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import type { Keptn } from "../../../functions/lib/keptn/ports.ts";
import { finishedOf } from "../../contract/keptn-bench.ts";
import { type KeptnDouble, startKeptn } from "./keptn-double.ts";
import { makeRateLimiter } from "./rate-limiter.ts";
import { settingsFor } from "./settings.ts";

const type = "sh.keptn.event.test.triggered";
const source = "job-executor-service";

describe("the double of Keptn", () => {
  let double: KeptnDouble;
  let keptn: Keptn;
  beforeEach(async () => {
    double = await startKeptn();
    keptn = connectKeptn(settingsFor(double));
  });
  afterEach(() => double.close());

  const start = (event: KeptnEvent) => keptn.send(makeStarted(envelopeOf(event), source));
  const finish = (event: KeptnEvent, data: object = {}) => keptn.send(finishedOf(event, data, source));
  const statesOf = (event: KeptnEvent) => {
    const { state, started, finished } = double.counts(event.id) ?? {};
    return [state, started, finished];
  };

  test("takes an answer that comes before it listens with a 200, and drops it", async () => {
    const event = double.trigger({ type, heardAfterMs: Number.POSITIVE_INFINITY });
    assert.equal(await keptn.isOpen(envelopeOf(event)), true);
    assert.deepEqual(await keptn.getEventCounts(envelopeOf(event), source), { kind: "over" });
    await start(event);
    double.plane.shipyard.listen(event.id);
    assert.deepEqual(statesOf(event), ["current", 0, 0]);
    await start(event);
    assert.deepEqual(statesOf(event), ["current", 1, 0]);
  });

  test("counts what it was sent while it was slow, once it is released", async () => {
    const event = double.trigger({ type });
    double.plane.hold();
    await start(event);
    assert.deepEqual(statesOf(event), ["current", 0, 0]);
    double.plane.release();
    assert.deepEqual(statesOf(event), ["current", 1, 0]);
  });

  test("keeps what was returned, and who was told what", async () => {
    const event = double.trigger({ type, data: { test: { teststrategy: "functional" } }, labels: { build: "17" } });
    assert.deepEqual(event.data.labels, { build: "17" });
    await start(event);
    await finish(event, { result: "warning", message: "slow" });
    const { result, status, properties } = double.counts(event.id)?.result ?? {};
    assert.deepEqual([result, status, properties?.["message"]], ["warning", "succeeded", "slow"]);
    assert.deepEqual(
      double.plane.received.map((it) => [it.type, it.triggeredid]),
      [
        ["sh.keptn.event.test.started", event.id],
        ["sh.keptn.event.test.finished", event.id],
      ],
    );
    assert.deepEqual(double.plane.published.at(-1)?.type, "sh.keptn.event.dev.delivery.finished");
  });

  test("is over after a timeout", async () => {
    const event = double.trigger({ type });
    double.plane.shipyard.timeOut(event.id);
    assert.equal((await keptn.getEventCounts(envelopeOf(event), source)).kind, "over");
    await start(event);
    assert.deepEqual(statesOf(event), ["over", 0, 0]);
  });

  test("stores an event of another sender, and counts no answers to it", async () => {
    const event = double.trigger({ type: "sh.keptn.event.get-sli.triggered", source: "lighthouse" });
    await start(event);
    await finish(event);
    assert.equal(double.counts(event.id), undefined);
    assert.equal(double.plane.received.length, 2);
  });

  test("asks page after page where a context has many executions", async () => {
    const event = double.trigger({ type });
    const { project, stage, service } = event.data;
    const scope = { project, stage, service, keptnContext: event.shkeptncontext, triggeredId: "t", gitcommitid: "" };
    const sequence = { name: "delivery", scope, tasks: [{ name: "test" }], data: {}, onTask: () => {} };
    for (let i = 0; i < 60; i++) double.plane.shipyard.start(sequence);
    assert.equal((await keptn.getEventCounts(envelopeOf(event), source)).kind, "current");
    assert.equal(double.calls.filter((call) => call.includes("sequence-execution")).length, 2);
  });

  test("reads a commit that its clone does not know only after a pull", async () => {
    const at = { project: "sockshop", stage: "dev", service: "carts" };
    double.plane.projects.addFiles(at, { "job/config.yaml": "old" });
    const pushed = double.plane.projects.repository("sockshop").push("dev", { "carts/job/config.yaml": "new" });
    const event = double.trigger({ type, ...at, gitcommitid: pushed });
    assert.deepEqual(await keptn.getJobConfig(event), { text: "new", level: "service" });
    const gets = double.calls.map((call) => (call.includes("gitCommitID") ? "at commit" : "at HEAD"));
    assert.deepEqual(gets, ["at commit", "at HEAD", "at commit"]);
  });

  test("registers us once in ten minutes, however often we call, and again for nobody else", async () => {
    await keptn.register();
    await keptn.register();
    await keptn.logError({ message: "one" });
    await keptn.within(5).logError({ message: "two" });
    const posts = (path: string) => double.calls.filter((call) => call === `POST controlPlane/v1/${path}`).length;
    assert.deepEqual([posts("uniform/registration"), posts("log")], [1, 2]);
    const [id] = double.plane.uniform.integrations.keys();
    assert.deepEqual(
      double.plane.uniform.errorLog.map(({ integrationid, message }) => [integrationid, message]),
      [
        [id, "one"],
        [id, "two"],
      ],
    );
  });

  test("a registration that failed is tried again with the next call", async () => {
    double.fault({ on: /registration/, kind: { status: 400, body: "{}" } });
    await keptn.register();
    assert.equal(double.plane.uniform.integrations.size, 0);
    await keptn.register();
    assert.equal(double.plane.uniform.integrations.size, 1);
  });
});

test("Keptn's rate limiter lets two wrong tokens through, then nobody for a second, and a right one clears it", () => {
  let nowMs = 0;
  const limiter = makeRateLimiter(() => nowMs);
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.allow("a", false)),
    [true, true, false],
  );
  assert.equal(limiter.allow("a", true), false);
  assert.equal(limiter.allow("b", true), true);
  nowMs = 1000;
  assert.equal(limiter.allow("a", true), true);
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.allow("a", false)),
    [true, true, false],
  );
});
