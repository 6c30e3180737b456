// KEPTN_RESULT as a task left it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseResult } from "../../functions/core/result.ts";

test("what nests too deeply to be told is told as text", () => {
  const text = `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}`;
  assert.deepEqual(parseResult(text), { kind: "text", text });
});

test("names that are Keptn's or JavaScript's are left out", () => {
  const text = '{"__proto__":{"x":1},"constructor":1,"project":"other","a":1}';
  assert.deepEqual(parseResult(text), { kind: "data", data: { a: 1 } });
});
