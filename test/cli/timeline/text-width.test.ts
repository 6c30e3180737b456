import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fit, fitEnd, padEnd, padStart, widthOf, wrap, wrapShort } from "../../../functions/cli/timeline/text-width.ts";

describe("texts in columns", () => {
  test("are as wide as a terminal shows them", () => {
    const widths = ["", "abc", "naïve", "e\u0301", "部署", "🚀 go", "👩‍🚀", "ﾊﾛ", "✔ ━"].map(widthOf);
    assert.deepEqual(widths, [0, 3, 5, 1, 4, 5, 2, 2, 3]);
  });
  test("are cut with an ellipsis, at the end or at the beginning, and never through a wide character", () => {
    assert.deepEqual(
      [fit("smoke tests", 11), fit("smoke tests", 7), fit("部署任务", 6), fit("abc", 1), fit("abc", 0)],
      ["smoke tests", "smoke…", "部署…", "…", ""],
    );
    assert.deepEqual([fitEnd("sockshop/dev/carts", 10), fitEnd("部署任务", 6)], ["…dev/carts", "…任务"]);
  });
  test("are padded to a column", () => {
    assert.deepEqual([padEnd("部", 4), padStart("部", 4), padEnd("long", 2)], ["部  ", "  部", "long"]);
  });
  test("are wrapped between words, or inside a word that is too long", () => {
    assert.deepEqual(wrap("a few words and Pneumonoultramicroscopic", 10), [
      "a few",
      "words and",
      "Pneumonoul",
      "tramicrosc",
      "opic",
    ]);
    assert.deepEqual(wrap("", 10), []);
  });
  test("are wrapped into at most so many lines", () => {
    assert.deepEqual(wrapShort("one two three four", 5, 2), ["one", "two …"]);
    assert.deepEqual(wrapShort("one two", 5, 2), ["one", "two"]);
  });
});
