import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Backoff,
  initialBackoff,
  nextBackoff,
  type Pace,
  type PollResult,
  pauseMs,
} from "../../../../functions/lib/core/source/backoff.ts";

const polling: Pace = { intervalMs: 10_000, stretch: 2 };
const after = (...results: PollResult[]): Backoff => results.reduce(nextBackoff, initialBackoff);
const times = (count: number, result: PollResult): PollResult[] => Array.from({ length: count }, () => result);
const seconds = (beat: Backoff, pace = polling, random = 0) => pauseMs(beat, pace, random) / 1000;

describe("the poll interval", () => {
  test("starts at the setting, and returns to it when events arrive", () => {
    assert.equal(seconds(initialBackoff), 10);
    assert.equal(seconds(after(...times(500, "quiet"), "busy")), 10);
  });
  test("slows down while nothing happens, to twice the setting and no further", () => {
    assert.equal(seconds(after(...times(60, "quiet"))), 15);
    assert.equal(seconds(after(...times(120, "quiet"))), 20);
    assert.equal(seconds(after(...times(10_000, "quiet"))), 20);
  });
  test("keeps an interval that must not be stretched", () => {
    assert.equal(seconds(after(...times(500, "quiet")), { intervalMs: 180_000, stretch: 1 }), 180);
  });
  test("doubles with each failure, up to a minute, and the first success resets it", () => {
    const pauses = [1, 2, 3, 4, 5, 1_000].map((count) => seconds(after(...times(count, "failed"))));
    assert.deepEqual(pauses, [10, 20, 40, 60, 60, 60]);
    assert.equal(seconds(after("failed", "failed", "busy")), 10);
  });
  test("returns to a failed Keptn sooner than a long interval would", () => {
    const slow: Pace = { intervalMs: 180_000, stretch: 1 };
    assert.deepEqual([seconds(after("failed"), slow), seconds(after(...times(99, "failed")), slow)], [10, 180]);
  });
  test("differs between processes, and is never shorter than the setting", () => {
    assert.ok(seconds(initialBackoff, polling, 0.999) > 10.9 && seconds(initialBackoff, polling, 0.999) <= 11);
    assert.equal(seconds(initialBackoff, polling, 0.5), 10.5);
  });
});
