// Which CloudEvents are Keptn events, and which of their fields are kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";
import { parseJson } from "../../../../functions/lib/core/json/exact-json.ts";

const type = "sh.keptn.event.test.triggered";
const whole = { id: "1", type, source: "s", shkeptncontext: "c", data: { project: "p", stage: "s", service: "x" } };

test("labels that are not strings become the JSON that was sent, with all digits", () => {
  const data =
    '{"project":"p","stage":"s","service":"x","labels":{"nanos":1652427969546000001,"list":[1.10],"ok":true}}';
  const parsed = parseKeptnEvent({ ...whole, data: parseJson(data) });
  assert.ok(parsed.kind === "event");
  assert.deepEqual(parsed.event.data.labels, { nanos: "1652427969546000001", list: "[1.1]", ok: "true" });
});

test("labels that are a number are ignored", () => {
  const data = '{"project":"p","stage":"s","service":"x","labels":1652427969546000001}';
  const parsed = parseKeptnEvent({ ...whole, data: parseJson(data) });
  assert.ok(parsed.kind === "event");
  assert.equal(parsed.event.data.labels, undefined);
});

test("a sequence event without a project or service is malformed", () => {
  for (const name of ["project", "service"]) {
    const data = Object.fromEntries(Object.entries(whole.data).filter(([key]) => key !== name));
    const parsed = parseKeptnEvent({ ...whole, data });
    assert.equal(parsed.kind, "malformed", name);
  }
});
