// Null values in a job config.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutNulls } from "../../../../functions/lib/core/config/without-nulls.ts";

test("a null field counts as not given, stays in a list, and becomes an empty string as an annotation", () => {
  const tree = { namespace: null, cmd: [null, "x"], annotations: { a: null, b: "c" }, tasks: [{ image: null }] };
  const expected = { cmd: [null, "x"], annotations: { a: "", b: "c" }, tasks: [{}] };
  assert.deepEqual(JSON.parse(JSON.stringify(withoutNulls(tree as never))), expected);
});
