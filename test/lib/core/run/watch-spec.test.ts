// The spec of the ApiServerSource, put together from the keys of a ConfigMap.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWatchSpec } from "../../../../functions/lib/core/run/watch-spec.ts";

test("each key is a field as YAML, and a dotted one is below it, in whatever order they come", () => {
  const fields = { "sink.ref.name": "jobs", mode: "Resource", sink: "ref: {kind: Broker}", "a.b.c": "[1]" };
  assert.deepEqual(parseWatchSpec(fields), {
    spec: { mode: "Resource", sink: { ref: { kind: "Broker", name: "jobs" } }, a: { b: { c: [1] } } },
  });
});

test("a key that is no YAML is named, and none at all is said", () => {
  assert.match(JSON.stringify(parseWatchSpec({ mode: "a: b: c" })), /mode is not YAML: /);
  assert.match(JSON.stringify(parseWatchSpec({})), /it has no file/);
});
