// Keptn's contract: what it makes of the answers to its events.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { envelopeOf, type KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import type { OutgoingEvent } from "../../functions/lib/core/event/outgoing-event.ts";
import { makeStarted } from "../../functions/lib/core/report/finished-event.ts";
import type { EventCounts } from "../../functions/lib/keptn/ports.ts";
import { begin as beginAt, faultOf, finishedOf, type KeptnBench, source } from "./keptn-bench.ts";
import { until } from "./keptn-user.ts";

export const sequencesContract = (bench: KeptnBench): void => {
  const { project } = bench.at;
  const begin = (data?: object) => beginAt(bench, data);
  const start = (event: KeptnEvent, from = source) => bench.keptn.send(makeStarted(envelopeOf(event), from));
  const finish = (event: KeptnEvent, data: object = {}, from = source) =>
    bench.keptn.send(finishedOf(event, data, from));
  const count = (event: KeptnEvent, from = source) => bench.keptn.getEventCounts(envelopeOf(event), from);
  const counted = (event: KeptnEvent, started: number, finished: number, from = source) =>
    until(`${started} started, ${finished} finished`, async () => {
      const now = await count(event, from);
      return now.kind === "current" && now.started === started && now.finished === finished;
    });
  const over = (event: KeptnEvent) => until("the task is over", async () => (await count(event)).kind === "over");
  const isTestTriggered = async (context: string) =>
    (await bench.user.listOpen(project, "sh.keptn.event.test.triggered")).some((it) => it.shkeptncontext === context);

  test("a sequence of two tasks ends well, and what the first returned arrives in the second's event", async () => {
    const { context, event } = await begin({ labels: { build: "17" }, list: ["old"], number: 1 });
    assert.deepEqual(event.data.labels, { build: "17" });
    assert.deepEqual(await count(event), { kind: "current", started: 0, finished: 0, bySource: new Map() });
    await start(event);
    await counted(event, 1, 0);
    const deployment = { deploymentURIsPublic: ["http://carts"] };
    await finish(event, { deployment, list: ["new"], number: 2, message: "done", labels: { job: "a" } });

    const next = await bench.user.nextEvent(project, context, "sh.keptn.event.test.triggered");
    const { data } = next;
    assert.deepEqual(data["deployment"], deployment);
    assert.deepEqual(data["test"], { teststrategy: "functional" });
    assert.deepEqual(data["list"], ["new", "old"]);
    assert.equal(data["number"], 1);
    assert.deepEqual(data.labels, { build: "17", job: "a" });
    assert.deepEqual([data["result"], data["status"], data["message"]], ["pass", "succeeded", ""]);
    assert.equal(next.gitcommitid, event.gitcommitid);
    assert.deepEqual(await count(event), { kind: "over" });

    await start(next);
    await finish(next, { result: "warning" });
    await over(next);
    const { state, previousTasks } = await bench.user.status(project, context);
    assert.equal(state, "finished");
    assert.deepEqual(
      previousTasks.map((task) => [task.name, task.result, task.status]),
      [
        ["deployment", "pass", "succeeded"],
        ["test", "warning", "succeeded"],
      ],
    );
  });

  test("an errored task ends the sequence", async () => {
    const { context, event } = await begin();
    await start(event);
    await finish(event, { status: "errored", result: "fail", message: "no such image" });
    await over(event);
    const { state, previousTasks } = await until("the sequence ended", async () => {
      const status = await bench.user.status(project, context);
      return status.state === "finished" && status;
    });
    assert.deepEqual(
      [state, previousTasks.map((task) => [task.result, task.status])],
      ["finished", [["fail", "errored"]]],
    );
    assert.equal(await isTestTriggered(context), false);
  });

  test("a result that Keptn does not know counts as failed", async () => {
    const { context, event } = await begin();
    await start(event);
    await finish(event, { result: "great" });
    await over(event);
    const { previousTasks } = await bench.user.status(project, context);
    assert.deepEqual(
      previousTasks.map((task) => [task.result, task.status]),
      [["fail", "succeeded"]],
    );
  });

  test("after an abort the task is over, its event is no longer open, and answers are taken and ignored", async () => {
    const { context, event } = await begin();
    await start(event);
    await counted(event, 1, 0);
    assert.equal(await bench.keptn.isOpen(envelopeOf(event)), true);
    await bench.user.abort(project, context);
    await over(event);
    await until("the event is closed", async () => !(await bench.keptn.isOpen(envelopeOf(event))));
    await finish(event);
    assert.equal(await isTestTriggered(context), false);
  });

  test("counts by source, and completes when as many finished as started, whoever sent them", async () => {
    const { event } = await begin();
    const second = `${source}#1`;
    await start(event);
    await start(event, second);
    await counted(event, 1, 0);
    await counted(event, 1, 0, second);
    await finish(event);
    await counted(event, 1, 1);
    await counted(event, 1, 0, second);
    const { bySource } = (await count(event)) as Extract<EventCounts, { kind: "current" }>;
    assert.deepEqual(bySource.get(source), { started: 1, finished: 1 });
    assert.deepEqual(bySource.get(second), { started: 1, finished: 0 });
    await finish(event, {}, second);
    await over(event);
  });

  test("a finished event without a started one waits for it", async () => {
    const { event } = await begin();
    await finish(event);
    await counted(event, 0, 1);
    await start(event);
    await over(event);
  });

  test("a second started event makes the task wait for a second finished one", async () => {
    const { event } = await begin();
    await start(event);
    await start(event);
    await counted(event, 2, 0);
    await finish(event);
    await counted(event, 2, 1);
    await finish(event);
    await over(event);
  });

  test("nobody counts answers to an event that Keptn did not trigger", async () => {
    const { event } = await begin();
    const foreign = { ...event, id: randomUUID() };
    await start(foreign);
    assert.deepEqual(await count(foreign), { kind: "over" });
    await start(event);
    await counted(event, 1, 0);
  });

  test("a task of a project that is gone is over", async () => {
    const { event } = await begin();
    const elsewhere = { ...envelopeOf(event), project: `gone-${randomUUID().slice(0, 8)}` };
    assert.deepEqual(await bench.keptn.getEventCounts(elsewhere, source), { kind: "over", unknown: true });
    assert.equal(await bench.keptn.isOpen(elsewhere), false);
  });

  test("finds an event by its ids while Keptn waits for its answers", async () => {
    const { event } = await begin();
    const { id, type } = event;
    assert.deepEqual(await bench.keptn.getEvent({ id, type, project }), event);
    await start(event);
    await finish(event);
    await over(event);
    assert.equal(await bench.keptn.getEvent({ id, type, project }), undefined);
    assert.equal(await bench.keptn.getEvent({ id: randomUUID(), type, project }), undefined);
  });

  test("finds an event of another sender, such as lighthouse, in the datastore", async () => {
    const { service, stage } = bench.at;
    const data = { project, stage, service, "get-sli": { sliProvider: "prometheus" } };
    const { id, type } = await bench.user.publish({
      type: "sh.keptn.event.get-sli.triggered",
      source: "lighthouse",
      data,
    });
    const found = await until("the datastore has it", () => bench.keptn.getEvent({ id, type, project }));
    assert.deepEqual([found.id, found.type, found.source, found.data], [id, type, "lighthouse", data]);
    assert.equal(await bench.keptn.isOpen({ id, type, source: "lighthouse", project }), true);
  });

  test("an event over Keptn's limit is refused for good, and certainly not done", async () => {
    const { event } = await begin();
    const fault = await faultOf(finish(event, { message: "x".repeat(1_100_000) }));
    assert.deepEqual([fault.retryable, fault.outcomeUnknown, fault.httpStatus], [false, false, 500]);
    const larger = await faultOf(finish(event, { message: "x".repeat(6_000_000) }));
    assert.deepEqual([larger.retryable, larger.outcomeUnknown, larger.httpStatus], [false, false, 413]);
    assert.deepEqual(await count(event), { kind: "current", started: 0, finished: 0, bySource: new Map() });
  });

  test("an event without data is refused for good", async () => {
    const { event } = await begin();
    const { data: _, ...rest } = makeStarted(envelopeOf(event), source);
    const fault = await faultOf(bench.keptn.send(rest as OutgoingEvent));
    assert.deepEqual([fault.retryable, fault.httpStatus], [false, 422]);
    assert.match(fault.message, /data in body is required/);
  });
};
