import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeQueueLimit } from "../../functions/keptn-source/queue-limit.ts";

/** @returns how many one-byte events fit */
const fill = (limit: ReturnType<typeof makeQueueLimit>, project: string): number => {
  let taken = 0;
  for (; limit.hasRoom(project, 1); taken++) limit.take(project, 1);
  return taken;
};

describe("the queue limit", () => {
  test("one project fills half of the room, and each further one half of the rest", () => {
    const limit = makeQueueLimit({ count: 200, bytes: 1e9 });
    assert.deepEqual(
      ["a", "b", "c", "d", "e", "f", "g", "h"].map((project) => fill(limit, project)),
      [100, 50, 25, 13, 6, 3, 2, 1],
    );
    assert.equal(limit.hasRoom("i", 1), false);
    limit.free("a", 1);
    assert.deepEqual([limit.hasRoom("a", 1), limit.hasRoom("i", 1)], [false, true]);
  });

  test("bytes are shared like the number; an event larger than the room goes alone", () => {
    const limit = makeQueueLimit({ count: 200, bytes: 10 });
    assert.deepEqual([fill(limit, "a"), limit.hasRoom("b", 5), limit.hasRoom("b", 6)], [5, true, false]);
    for (let n = 0; n < 5; n++) limit.free("a", 1);
    assert.equal(limit.hasRoom("b", 11), true);
    limit.take("b", 11);
    assert.equal(limit.hasRoom("a", 1), false);
  });
});
