// Environment variables: always valid names, unchanged values.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskEnv } from "../../../../functions/lib/core/config/schema.ts";
import type { KeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";
import { labelVariables, planEnvironment } from "../../../../functions/lib/core/job/env.ts";

const event: KeptnEvent = {
  id: "1",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  shkeptncontext: "c",
  data: { project: "p", stage: "s", service: "x", big: "x".repeat(131_072), message: "$(A) $$ $" },
};

const earlier = { configMap: "job-1-values", places: new Map([["build", 0]]) };
const plan = (...env: TaskEnv[]) => planEnvironment(env, { event, document: { data: event.data }, earlier });
const fromEvent = (name: string, value: string, as?: string): TaskEnv => ({
  name,
  value,
  valueFrom: "event",
  ...(as ? { as } : {}),
});

test("the alphabetically last of several labels with the same variable name wins, whatever their order", () => {
  const expected = [
    { name: "LABELS_A_B", value: "underscore" },
    { name: "LABELS_C", value: "c" },
  ];
  assert.deepEqual(labelVariables({ c: "c", a_b: "underscore", "a-b": "minus", "a b": "space" }), expected);
  assert.deepEqual(labelVariables({ "a b": "space", "a-b": "minus", a_b: "underscore", c: "c" }), expected);
});

test("keeps Kubernetes from expanding dollar signs of an event", () => {
  const { env } = plan(fromEvent("MESSAGE", "$.data.message"));
  assert.equal(env.at(-1)?.value, "$$(A) $$$ $");
});

test("reports a missing value and the field that asked for it", () => {
  const { problems } = plan(fromEvent("A", "$.data.project"), fromEvent("B", "$.data.nothing"));
  assert.deepEqual(
    problems.map(({ code, field }) => ({ code, field })),
    [{ code: "missing-event-value", field: ["env", 1, "value"] }],
  );
});

test("refuses a variable that is too long for Linux", () => {
  assert.deepEqual(
    plan(fromEvent("A", "$.data.big")).problems.map(({ code }) => code),
    ["env-too-long"],
  );
  assert.deepEqual(plan(fromEvent("A", "$.data.project")).problems, []);
});

test("writes YAML that a YAML 1.1 parser reads the same way", () => {
  const given = { ...event, data: { ...event.data, word: "on" } };
  const { env } = planEnvironment([fromEvent("A", "$.data.word", "yaml")], {
    event: given,
    document: { data: given.data },
    earlier,
  });
  assert.equal(env.at(-1)?.value, '"on"\n');
});

test("values that are too large together are refused before all of them are made", () => {
  const { env, problems } = plan(...Array.from({ length: 100 }, (_, i) => fromEvent(`BIG_${i}`, "$.data.big[0]"))); // a string has no [0]
  assert.ok(env.length < 100 && problems.length === 100);
  const half = { ...event, data: { ...event.data, half: "x".repeat(100_000) } };
  const entries = Array.from({ length: 100 }, (_, i) => fromEvent(`HALF_${i}`, "$.data.half"));
  const planned = planEnvironment(entries, { event: half, document: { data: half.data }, earlier });
  assert.ok(planned.env.length < 20);
  assert.deepEqual(
    planned.problems.map(({ code }) => code),
    ["env-too-long"],
  );
});
