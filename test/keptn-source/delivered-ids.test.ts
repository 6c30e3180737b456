import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeDeliveredIds } from "../../functions/keptn-source/delivered-ids.ts";

describe("the ids of delivered events", () => {
  test("are kept as long as Keptn lists the event", () => {
    const memory = makeDeliveredIds();
    for (const id of ["listed", "over"]) memory.add({ id, listed: true });
    memory.beginPoll()(new Set(["listed"]));
    assert.deepEqual(["listed", "over"].map(memory.has), [true, false]);
  });

  test("are kept when delivered during a poll, and all of them when a poll is incomplete", () => {
    const memory = makeDeliveredIds();
    memory.add({ id: "before", listed: true });
    const end = memory.beginPoll();
    memory.add({ id: "meanwhile", listed: true });
    assert.deepEqual(["before", "meanwhile"].map(memory.has), [true, true]);
    end(new Set());
    assert.deepEqual(["before", "meanwhile"].map(memory.has), [false, true]);
  });

  test("are limited to the last 5000 for events that Keptn does not list", () => {
    const memory = makeDeliveredIds();
    for (let n = 0; n <= 5_000; n++) memory.add({ id: String(n), listed: false });
    memory.beginPoll()(new Set());
    assert.deepEqual(["0", "1", "5000"].map(memory.has), [false, true, true]);
  });
});
