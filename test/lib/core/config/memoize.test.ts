// The cache for parsed texts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoize } from "../../../../functions/lib/core/config/memoize.ts";

const counting = () => {
  const made: string[] = [];
  const make = memoize((text, file) => {
    made.push(`${file}:${text}`);
    return { text, file };
  });
  return { made, make };
};

test("makes the result for a text once", () => {
  const { made, make } = counting();
  assert.equal(make("a", "f"), make("a", "f"));
  assert.deepEqual(made, ["f:a"]);
});

test("keeps results apart by text and by file name", () => {
  const { make } = counting();
  assert.deepEqual(
    [make("a", "f"), make("b", "f"), make("a", "g")],
    [
      { text: "a", file: "f" },
      { text: "b", file: "f" },
      { text: "a", file: "g" },
    ],
  );
});

test("keeps a few texts, the most recently used ones", () => {
  const { made, make } = counting();
  for (const text of ["often", "1", "2", "3", "often", "4", "5", "6", "7", "8", "often", "1"]) make(text, "f");
  assert.deepEqual(made, ["f:often", "f:1", "f:2", "f:3", "f:4", "f:5", "f:6", "f:7", "f:8", "f:1"]);
});

test("does not keep a long text", () => {
  const { made, make } = counting();
  make("a".repeat(40_000), "f");
  make("a".repeat(40_000), "f");
  assert.equal(made.length, 2);
});
