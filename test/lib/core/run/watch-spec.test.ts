// The spec of the ApiServerSource, assembled from the keys of a ConfigMap.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWatchSpec } from "../../../../functions/lib/core/run/watch-spec.ts";

test("each key is a field with a YAML value, dotted keys nest, in any order", () => {
  const fields = { "sink.ref.name": "jobs", mode: "Resource", sink: "ref: {kind: Broker}", "a.b.c": "[1]" };
  assert.deepEqual(parseWatchSpec(fields), {
    spec: { mode: "Resource", sink: { ref: { kind: "Broker", name: "jobs" } }, a: { b: { c: [1] } } },
  });
});

test("a key that is not YAML is named, and an empty ConfigMap is reported", () => {
  assert.match(JSON.stringify(parseWatchSpec({ mode: "a: b: c" })), /mode is not YAML: /);
  assert.match(JSON.stringify(parseWatchSpec({})), /it has no file/);
});
