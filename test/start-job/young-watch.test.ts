// An ApiServerSource that is younger than a run: nobody would report what ends before its first list.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { annotation } from "../../functions/lib/core/annotations/annotations.ts";
import { dryEventProject } from "../../functions/lib/core/event/keptn-event.ts";
import { parseTrigger } from "../../functions/lib/core/run/trigger.ts";
import { runAfter, toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { makeMemoryWatch } from "../doubles/memory-watch.ts";
import { openWorld } from "../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions: [{name: deploy, events: [{name: ${type}}], tasks: [{name: first, image: alpine}, {name: second, image: alpine}]}]`;

const open = async (context: TestContext) => {
  const world = await openWorld(context);
  world.configure(config);
  const watch = makeMemoryWatch();
  const ports = { ...world.ports, watch };
  const event = world.keptn.trigger({ type });
  /** @returns the work that is left after the response */
  const start = async () => {
    const answer = await startJob(ports)(event);
    assert.equal(answer.statusCode, 204);
    return () => runAfter(ports.log, answer);
  };
  const end = (index: number) => world.end(world.jobs()[index]!, { exitCode: 0, log: `output ${index}` });
  const suspended = () => world.jobs().map(({ spec }) => spec?.suspend);
  return { world, ports, watch, event, start, end, suspended };
};

/** The number of reads until it is ready. */
const readyAfter = (watch: ReturnType<typeof makeMemoryWatch>, reads: number, act: () => void = () => {}) => {
  let left = reads;
  watch.onCall = (call) => {
    if (call !== "read" || --left !== 0) return;
    act();
    watch.set({ isReady: true });
  };
};

describe("a watch that is ready", () => {
  test("is touched once per event, with no other call", async (context) => {
    const { watch, start, world } = await open(context);
    watch.set({ isReady: true });
    const rest = await start();
    const before = world.jobs().length;
    await rest();
    assert.deepEqual([watch.calls, before], [["touch"], 2]);
  });

  test("is not touched for an event that starts nothing", async (context) => {
    const { watch, world, ports } = await open(context);
    await startJob(ports)(world.keptn.trigger({ type: "sh.keptn.event.release.triggered" }));
    assert.deepEqual(watch.calls, []);
  });
});

describe("a watch that is created with a run", () => {
  test("delays neither its Jobs nor their release", async (context) => {
    const { watch, start, suspended } = await open(context);
    const touch = Promise.withResolvers<undefined>();
    watch.touch = () => touch.promise;
    await start();
    assert.deepEqual(suspended(), [false, true]);
    touch.resolve(undefined);
  });

  test("is awaited after the response: a task that ended in the meantime is followed by the next", async (context) => {
    const { watch, start, end, suspended } = await open(context);
    readyAfter(watch, 3, () => end(0));
    const rest = await start();
    assert.deepEqual(suspended(), [false, true]);
    await rest();
    assert.deepEqual(suspended(), [false, false]);
  });

  test("is followed by another check a moment later, since ready does not mean listed", async (context) => {
    const { watch, start, end, suspended, world } = await open(context);
    readyAfter(watch, 1);
    const rest = await start();
    const { sleep } = world.ports.clock;
    let sleeps = 0;
    world.ports.clock.sleep = async (ms: number) => {
      await sleep(ms);
      if (++sleeps === 2) end(0);
    };
    await rest();
    assert.deepEqual(suspended(), [false, false]);
  });

  test("wakes finish-task with a change at once, so that it starts while the task runs", async (context) => {
    const { watch, start, world } = await open(context);
    readyAfter(watch, 1);
    const rest = await start();
    const watched = () => world.jobs().map(({ metadata }) => metadata?.annotations?.[annotation.watched] !== undefined);
    assert.deepEqual(watched(), [false, false]);
    await rest();
    assert.deepEqual(watched(), [true, false]);
    const [released] = world.jobs();
    const change = { specversion: "1.0", type: "dev.knative.apiserver.resource.update", data: released };
    assert.deepEqual(parseTrigger(change), { kind: "nothing", why: "the task is running" });
  });

  test("finds the end of a task even when finish-task cannot be woken", async (context) => {
    const { watch, start, end, suspended, world } = await open(context);
    readyAfter(watch, 1);
    const rest = await start();
    const { sleep } = world.ports.clock;
    let sleeps = 0;
    world.ports.clock.sleep = async (ms: number) => {
      await sleep(ms);
      if (++sleeps === 2) end(0);
    };
    const { patch } = world.ports.jobs;
    let refused = 0;
    world.ports.jobs.patch = async (job, change) => {
      if (!change.annotations?.[annotation.watched]) return patch(job, change);
      refused++;
      throw new IoError("the API server is away", { retryable: true });
    };
    await rest();
    assert.equal(refused, 2);
    assert.deepEqual(suspended(), [false, false]);
  });

  test("completes a run that ended before the watch was ready", async (context) => {
    const { watch, start, end, event, world } = await open(context);
    readyAfter(watch, 1, () => {
      end(0);
      end(1);
    });
    await (await start())();
    assert.deepEqual(world.keptn.counts(event.id)?.state, "complete");
    assert.equal(world.sent("finished").length, 1);
  });

  test("is recreated when somebody deleted it, or when it was being deleted while touched", async (context) => {
    const { watch, start } = await open(context);
    watch.set({ isGoing: true });
    const rest = await start();
    watch.vanish();
    watch.onCall = (call) => {
      if (call === "touch") watch.set({ isReady: true });
    };
    await rest();
    assert.deepEqual(watch.calls.slice(0, 3), ["touch", "read", "touch"]);
    assert.ok(watch.exists());
  });

  test("is not recreated when the timer might be gone", async (context) => {
    const { watch, start, world } = await open(context);
    const rest = await start();
    watch.vanish();
    world.pass(20);
    await rest();
    assert.equal(watch.exists(), false);
  });

  test("that never gets ready is left to the sweep, and the log says so", async (context) => {
    const { start, world } = await open(context);
    await (await start())();
    assert.match(world.lines.at(-1)?.message ?? "", /is not ready; .* only the sweep/);
  });

  test("that cannot be touched fails no run, and is touched again after the response", async (context) => {
    const { watch, start, suspended, world } = await open(context);
    let faults = 0;
    watch.onCall = (call) => {
      if (call === "touch" && ++faults === 1) throw new IoError("the API server is away", { retryable: true });
      if (call === "touch") watch.set({ isReady: true });
    };
    const rest = await start();
    assert.deepEqual(suspended(), [false, true]);
    await rest();
    assert.ok(watch.exists());
    assert.ok(world.lines.some(({ message }) => message.includes("could not touch the ApiServerSource")));
  });

  test("that we may not touch fails no run either", async (context) => {
    const { watch, start, suspended, world } = await open(context);
    watch.onCall = () => {
      throw new IoError("forbidden", { retryable: false, httpStatus: 403 });
    };
    await (await start())();
    assert.deepEqual(suspended(), [false, true]);
    assert.ok(world.lines.some(({ message }) => message === "left to the sweep: forbidden"));
  });
});

describe("the dry event of `job-executor check`", () => {
  const dry = {
    ...{ specversion: "1.0", id: "d", source: dryEventProject, type: "sh.keptn.event.job-executor-check.triggered" },
    data: { project: dryEventProject },
  };
  test("checks whether the watch could be created, without creating it", async (context) => {
    const { ports, watch, world } = await open(context);
    const { statusCode } = await toDeliveryResult(ports.log, () => startJob(ports)(dry), { event: "d" });
    assert.deepEqual([statusCode, watch.calls, watch.exists()], [204, ["rehearse"], false]);
    assert.match(world.lines.at(-1)?.message ?? "", /^ignored: /);
  });
  test("is an error when it could not, and the log says why", async (context) => {
    const { ports, watch, world } = await open(context);
    watch.onCall = () => {
      throw new IoError("Kubernetes PATCH x: 403 forbidden", { retryable: false, httpStatus: 403 });
    };
    await toDeliveryResult(ports.log, () => startJob(ports)(dry), { event: "d" });
    assert.deepEqual(
      [world.lines.at(-1)?.level, world.lines.at(-1)?.message],
      ["error", "Kubernetes PATCH x: 403 forbidden"],
    );
  });
  test("of somebody else is just an event that Keptn does not know", async (context) => {
    const { ports, watch } = await open(context);
    await startJob(ports)({ ...dry, data: { project: "somebody" } });
    assert.deepEqual(watch.calls, []);
  });
});
