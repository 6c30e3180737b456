import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeBacklog } from "../../../functions/keptn-source/backlog.ts";

describe("the backlog", () => {
  test("holds a sequence back until all of its events that were let go are fetched", () => {
    const backlog = makeBacklog();
    for (const id of ["1", "2", "2"]) backlog.add({ id, lane: "a" });
    assert.deepEqual([backlog.has("a"), backlog.has("b"), backlog.isEmpty()], [true, false, false]);
    assert.deepEqual([backlog.cameByNats("1"), backlog.cameByNats("3")], [true, false]);
    backlog.remove({ id: "1" });
    assert.equal(backlog.has("a"), true);
    backlog.remove({ id: "2" });
    backlog.remove({ id: "2" });
    assert.deepEqual([backlog.has("a"), backlog.isEmpty()], [false, true]);
  });

  test("forgets with a complete look what was let go before it: Keptn lists it no longer", () => {
    const backlog = makeBacklog();
    backlog.add({ id: "1", lane: "a" });
    const endFailed = backlog.beginLook();
    backlog.add({ id: "2", lane: "b" });
    const end = backlog.beginLook();
    backlog.add({ id: "3", lane: "b" });
    end();
    assert.deepEqual([backlog.has("a"), backlog.has("b"), backlog.cameByNats("2")], [false, true, false]);
    endFailed();
    assert.equal(backlog.has("b"), true);
  });

  test("holds every sequence back when there are more than it remembers", () => {
    const backlog = makeBacklog();
    for (let n = 0; n <= 20_000; n++) backlog.add({ id: String(n), lane: String(n) });
    assert.deepEqual([backlog.cameByNats("20000"), backlog.has("20000"), backlog.has("another")], [false, true, true]);
    const end = backlog.beginLook();
    for (let n = 0; n < 20_000; n++) backlog.remove({ id: String(n) });
    assert.equal(backlog.isEmpty(), false);
    end();
    assert.deepEqual([backlog.has("another"), backlog.isEmpty()], [false, true]);
  });
});
