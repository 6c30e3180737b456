// What null means in a job config.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutNulls } from "../../../../functions/lib/core/config/without-nulls.ts";

test("a field that is null is not given, stays in a list, and is the empty text as an annotation", () => {
  const tree = { namespace: null, cmd: [null, "x"], annotations: { a: null, b: "c" }, tasks: [{ image: null }] };
  const expected = { cmd: [null, "x"], annotations: { a: "", b: "c" }, tasks: [{}] };
  assert.deepEqual(JSON.parse(JSON.stringify(withoutNulls(tree as never))), expected);
});
