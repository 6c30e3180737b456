import assert from "node:assert/strict";
import { test } from "node:test";
import { makeDeferredEvents } from "../../functions/keptn-source/deferred-events.ts";
import { testEvent } from "../runs.ts";

const { id } = testEvent;

test("retries an event that Keptn is not ready for soon, then less often, and at least twice a minute", () => {
  const early = makeDeferredEvents();
  assert.equal(early.nextMs, Number.POSITIVE_INFINITY);
  assert.equal(early.isDeferred(id, 0), false);
  const dues: number[] = [];
  for (let nowMs = 0; dues.length < 10; nowMs = early.nextMs) {
    early.defer(testEvent, nowMs);
    dues.push(early.nextMs - nowMs);
    assert.deepEqual([early.isDeferred(id, nowMs), early.due(nowMs)], [true, []]);
    assert.deepEqual([early.isDeferred(id, early.nextMs), early.due(early.nextMs)], [false, [testEvent]]);
  }
  assert.deepEqual(dues, [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  early.keep(new Set());
  assert.equal(early.nextMs, Number.POSITIVE_INFINITY);
});

test("remembers at most 500 of them", () => {
  const early = makeDeferredEvents();
  for (let n = 0; n < 600; n++) early.defer({ ...testEvent, id: String(n) }, 0);
  assert.equal(early.due(1_000).length, 500);
  early.forget("0");
  assert.equal(early.due(1_000).length, 499);
});
