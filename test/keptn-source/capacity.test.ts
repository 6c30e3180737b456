import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeCapacity } from "../../functions/keptn-source/capacity.ts";

/** @returns how many of one byte it took */
const fill = (places: ReturnType<typeof makeCapacity>, project: string): number => {
  let taken = 0;
  for (; places.has(project, 1); taken++) places.take(project, 1);
  return taken;
};

describe("places", () => {
  test("a project alone fills half of the room, and each further one a part of what is left", () => {
    const places = makeCapacity({ count: 200, bytes: 1e9 });
    assert.deepEqual(
      ["a", "b", "c", "d", "e", "f", "g", "h"].map((project) => fill(places, project)),
      [100, 50, 25, 13, 6, 3, 2, 1],
    );
    assert.equal(places.has("i", 1), false);
    places.free("a", 1);
    assert.deepEqual([places.has("a", 1), places.has("i", 1)], [false, true]);
  });

  test("bytes are shared as places are; one that is larger than the room goes alone", () => {
    const places = makeCapacity({ count: 200, bytes: 10 });
    assert.deepEqual([fill(places, "a"), places.has("b", 5), places.has("b", 6)], [5, true, false]);
    for (let n = 0; n < 5; n++) places.free("a", 1);
    assert.equal(places.has("b", 11), true);
    places.take("b", 11);
    assert.equal(places.has("a", 1), false);
  });
});
