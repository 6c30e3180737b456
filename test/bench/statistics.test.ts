import assert from "node:assert/strict";
import { test } from "node:test";
import { ratioOf, spreadOf } from "./statistics.ts";

test("the spread is the middle half, whatever the order", () => {
  assert.deepEqual(spreadOf([9, 1, 5, 3, 7]), { median: 5, low: 3, high: 7 });
  assert.deepEqual(spreadOf([4]), { median: 4, low: 4, high: 4 });
});

test("of nothing there is no number", () => {
  assert.ok(Number.isNaN(spreadOf([]).median));
});

test("a ratio is taken round by round: what slows both leaves it as it is", () => {
  assert.deepEqual(ratioOf([2, 20, 200], [1, 10, 100]), { median: 2, low: 2, high: 2 });
});

test("a round without its other half is left out", () => {
  assert.equal(ratioOf([2, 100], [1, 0]).median, 2);
  assert.equal(ratioOf([2, 100], [1]).median, 2);
});
