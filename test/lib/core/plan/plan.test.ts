// Plans of whole configs, and what makes a plan fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { type KeptnEvent, parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";
import { parseJson } from "../../../../functions/lib/core/json/exact-json.ts";
import { type Plan, planRuns } from "../../../../functions/lib/core/plan/plan.ts";
import { parseSettings, type Settings } from "../../../../functions/lib/core/settings/settings.ts";
import { goldenCases } from "../../../golden.ts";

const settingsOf = (env: Record<string, string> = {}): Settings => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};

const eventOf = (json: string): KeptnEvent => {
  const parsed = parseKeptnEvent(parseJson(json));
  assert.ok(parsed.kind === "event", JSON.stringify(parsed));
  return parsed.event;
};

for (const { name, read, check } of goldenCases("plan")) {
  test(`plan: ${name.replaceAll("-", " ")}`, () => {
    const settings = settingsOf(JSON.parse(read("settings.json") ?? "{}"));
    const configText = read("config.yaml") ?? "";
    const event = eventOf(read("event.json") ?? "");
    const planned = planRuns({ event, configText, configFile: "job/config.yaml", settings });
    check("why.yaml", renderWhy(planned));
    check(
      "jobs.yaml",
      planned.kind === "run" ? planned.runs.flatMap(({ jobs }) => jobs.map(yaml)).join("---\n") : undefined,
    );
    check("problems.txt", planned.kind === "refuse" ? `${planned.message}\n` : undefined);
  });
}

const yaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });

const renderWhy = (planned: Plan): string => {
  const actions = planned.actions.map(({ action, matches, why }) => ({ action, matches, why }));
  if (planned.kind === "refuse")
    return yaml({ kind: planned.kind, answeredAs: planned.source ?? "not at all", actions });
  if (planned.kind === "ignore") return yaml({ kind: planned.kind, actions });
  const runs = planned.runs.map(({ action, silent, source, refused }) => ({ action, silent, source, refused }));
  return yaml({ kind: planned.kind, runs, actions });
};

const configOf = (task: Record<string, unknown>): string =>
  JSON.stringify({
    apiVersion: "v2",
    actions: [{ name: "Run", events: [{ name: "test" }], tasks: [{ name: "Run", image: "alpine", ...task }] }],
  });

const event = {
  id: "1",
  type: "sh.keptn.event.test.triggered",
  source: "shipyard-controller",
  shkeptncontext: "c",
  data: { project: "p", stage: "s", service: "x" },
};

const codesOf = (given: object, configText: string): string[] =>
  planRuns({ event: eventOf(JSON.stringify(given)), configText, configFile: "f", settings: settingsOf() }).problems.map(
    ({ code }) => code,
  );

test("refuses an event whose labels exceed the limit for annotations", () => {
  const labels = { a: "x".repeat(100_000), b: "y".repeat(100_000), c: "z".repeat(100_000) };
  assert.deepEqual(codesOf({ ...event, data: { ...event.data, labels } }, configOf({})), ["annotations-too-large"]);
});

test("refuses more files than fit into one variable", () => {
  const files = Array.from({ length: 1000 }, (_, index) => `folder/${"x".repeat(100)}${index}`);
  assert.deepEqual(codesOf(event, configOf({ files })), ["too-many-entries"]);
});

test("refuses a text of more than 1 MiB", () => {
  assert.deepEqual(codesOf(event, configOf({ workingDir: "x".repeat(1024 * 1024) })), ["document-too-large"]);
});

test("refuses a plan that would need too much memory, and stops early", () => {
  const any = eventOf(goldenCases("plan")[0]?.read("event.json") ?? "");
  const event = { ...any, data: { ...any.data, labels: { large: "x".repeat(5000) } } };
  const task = { name: "t", image: "alpine" };
  const actions = Array.from({ length: 30 }, (_, i) => ({
    name: `a${i}`,
    events: [{ name: event.type }],
    tasks: Array(20).fill(task),
  }));
  const configText = stringify({ apiVersion: "v2", actions }, { aliasDuplicateObjects: false });
  const planned = planRuns({ event, configText, configFile: "job/config.yaml", settings: settingsOf() });
  assert.ok(planned.kind === "refuse");
  assert.deepEqual(
    planned.problems.map(({ code }) => code),
    ["jobs-too-large"],
  );
});
