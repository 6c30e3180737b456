// One touch of the timer covers the events of a few seconds.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { IoError } from "../../functions/lib/io-error.ts";
import { throttleTouch, throttleWatch } from "../../functions/start-job/throttle-touch.ts";
import { makeMemoryTimer } from "../doubles/memory-timer.ts";
import { makeMemoryWatch } from "../doubles/memory-watch.ts";

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 2) + seconds * 1000);

const counted = (fails: () => boolean = () => false) => {
  const memory = makeMemoryTimer();
  const touches: Date[] = [];
  const touch = async (now: Date): Promise<Date> => {
    touches.push(now);
    if (fails()) throw new IoError("away", { retryable: true });
    return memory.touch(now);
  };
  return { touches, timer: throttleTouch({ ...memory, touch }) };
};

describe("the timer is touched", () => {
  test("once for the events of five seconds, which all use the time of that touch", async () => {
    const { touches, timer } = counted();
    const held = await Promise.all([timer.touch(at(0)), timer.touch(at(0.1)), timer.touch(at(5))]);
    assert.deepEqual(held, [at(0), at(0), at(0)]);
    assert.deepEqual(touches, [at(0)]);
  });
  test("again after that, and when the clock was set back", async () => {
    const { touches, timer } = counted();
    for (const seconds of [0, 5.001, -10]) assert.deepEqual(await timer.touch(at(seconds)), at(seconds));
    assert.equal(touches.length, 3);
  });
  test("again when the last touch failed, and everybody who waited for it gets the failure", async () => {
    let away = true;
    const { touches, timer } = counted(() => away);
    const settled = await Promise.allSettled([timer.touch(at(0)), timer.touch(at(1))]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    away = false;
    assert.deepEqual(await timer.touch(at(2)), at(2));
    assert.equal(touches.length, 2);
  });
});

describe("the watch is", () => {
  test("touched once for the events of five seconds, and read once for all who wait", async () => {
    const memory = makeMemoryWatch();
    let nowSeconds = 0;
    const watch = throttleWatch(memory, () => at(nowSeconds));
    await Promise.all([watch.touch(at(0)), watch.touch(at(4)), watch.read(), watch.read()]);
    assert.deepEqual(memory.calls, ["touch", "read"]);
    nowSeconds = 0.5;
    memory.set({ isReady: true });
    assert.equal((await watch.read())?.isReady, true);
    await watch.touch(at(6));
    assert.deepEqual(memory.calls, ["touch", "read", "read", "touch"]);
  });
});
