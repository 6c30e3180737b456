// What wakes our functions is removed when no run is open: first the watch, then the timer.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { IoError } from "../../../functions/lib/io-error.ts";
import { sweep } from "../../../functions/lib/run/sweep.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { makeMemoryWatch } from "../../doubles/memory-watch.ts";
import { openWorld } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const config = `apiVersion: v2
actions: [{name: deploy, silent: true, events: [{name: ${type}}], tasks: [{name: only, image: alpine}]}]`;

/** Both touched, no run. */
const open = async (context: TestContext, env: Readonly<Record<string, string>> = {}) => {
  const world = await openWorld(context, { CREATE_GRACE_SECONDS: "60", ...env });
  const watch = makeMemoryWatch();
  watch.set({ isReady: true });
  const ports = { ...world.ports, watch };
  const touch = async () => {
    await world.timer.touch(ports.clock.now());
    await watch.touch(ports.clock.now());
  };
  await touch();
  const there = () => ({ watch: watch.exists(), timer: world.timer.exists() });
  const sweepAfter = (seconds: number) => {
    world.pass(seconds);
    return sweep(ports);
  };
  return { world, watch, ports, touch, there, sweepAfter };
};

describe("when no run is open", () => {
  test("the watch stays for WATCH_IDLE_SECONDS, and the timer as long as the watch", async (context) => {
    const { sweepAfter, there } = await open(context);
    for (const _ of [1, 2, 3, 4]) {
      await sweepAfter(60);
      assert.deepEqual(there(), { watch: true, timer: true });
    }
    await sweepAfter(61);
    assert.deepEqual(there(), { watch: false, timer: false });
  });

  test("a shorter time is respected, but not one that could affect a start-job in progress", async (context) => {
    const { sweepAfter, there } = await open(context, { WATCH_IDLE_SECONDS: "5" });
    await sweepAfter(29);
    assert.deepEqual(there(), { watch: true, timer: true });
    await sweepAfter(2);
    assert.deepEqual(there(), { watch: false, timer: true }); // CREATE_GRACE_SECONDS
    await sweepAfter(60);
    assert.deepEqual(there(), { watch: false, timer: false });
  });

  test("a touch after the search for runs keeps both", async (context) => {
    const { world, watch, touch, sweepAfter, there } = await open(context);
    watch.onCall = (call) => {
      if (call !== "remove") return;
      watch.onCall = () => {};
      void touch();
    };
    await sweepAfter(400);
    assert.deepEqual(there(), { watch: true, timer: true });
    world.pass(400);
    await sweepAfter(0);
    assert.deepEqual(there(), { watch: false, timer: false });
  });

  test("a watch that waits for Knative's finalizer counts as gone", async (context) => {
    const { watch, sweepAfter, there } = await open(context);
    watch.set({ isGoing: true });
    await sweepAfter(100);
    assert.deepEqual([there().timer, watch.calls.includes("remove")], [false, false]);
  });

  test("`always` keeps the watch, and the timer goes without it", async (context) => {
    const { watch, sweepAfter, there } = await open(context, { WATCH_IDLE_SECONDS: "always" });
    await sweepAfter(100);
    assert.deepEqual([there(), watch.calls], [{ watch: true, timer: false }, ["touch"]]);
  });

  test("a watch that cannot be read keeps the timer, and the log says why", async (context) => {
    const { world, watch, sweepAfter, there } = await open(context);
    watch.onCall = () => {
      throw new IoError("apiserversources is forbidden", { retryable: false, httpStatus: 403 });
    };
    await sweepAfter(400);
    assert.deepEqual(there(), { watch: true, timer: true });
    assert.ok(world.lines.some(({ message }) => message.endsWith("apiserversources is forbidden")));
  });
});

describe("while a run is open", () => {
  test("each sweep renews the watch, however long the run takes", async (context) => {
    const { world, ports, watch, sweepAfter, there } = await open(context);
    world.configure(config);
    await startJob(ports)(world.keptn.trigger({ type }));
    for (let minute = 0; minute < 10; minute++) await sweepAfter(60);
    assert.equal(watch.calls.filter((call) => call === "renew").length, 10);
    world.end(world.jobs()[0]!, { exitCode: 0 });
    await sweepAfter(60); // ends the run
    await sweepAfter(240);
    assert.deepEqual(there(), { watch: true, timer: true });
    await sweepAfter(61);
    assert.deepEqual(there(), { watch: false, timer: false });
  });

  test("a watch that was just touched is not written again", async (context) => {
    const { world, ports, watch, sweepAfter } = await open(context);
    world.configure(config);
    await startJob(ports)(world.keptn.trigger({ type }));
    await sweepAfter(20);
    assert.equal(watch.calls.includes("renew"), false);
  });

  test("runs go on even if the watch can be neither read nor renewed", async (context) => {
    const { world, ports, watch, sweepAfter } = await open(context);
    world.configure(config);
    await startJob(ports)(world.keptn.trigger({ type }));
    watch.onCall = () => {
      throw new IoError("away", { retryable: true });
    };
    const [job] = world.jobs();
    world.end(job!, { exitCode: 0 });
    assert.deepEqual((await sweepAfter(60)).failed, 0);
  });
});
