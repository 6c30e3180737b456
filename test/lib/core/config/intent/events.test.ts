// Event names and paths that no Keptn event has; patterns that match something get no warning.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lintJobConfig } from "../../../../../functions/cli/lint/lint.ts";

const warningsOf = (event: object): string[] => {
  const tasks = [{ name: "t", image: "alpine:3.20" }];
  const config = JSON.stringify({ apiVersion: "v2", actions: [{ name: "a", events: [event], tasks }] });
  return lintJobConfig(config, "f", { allowPrivilegedJobs: false })
    .filter(({ code }) => code.startsWith("impossible-"))
    .map(({ fix }) => fix ?? "");
};

const told: Readonly<Record<string, string>> = {
  "sh.keptn.event.test.trigered": "Did you mean sh.keptn.event.test.triggered?",
  "sh.keptn.event.test.triggerd": "Did you mean sh.keptn.event.test.triggered?",
  "^sh\\.keptn\\.event\\.test\\.finishd$": "Did you mean ^sh\\.keptn\\.event\\.test\\.finished$?",
  "^sh\\.keptn\\.event\\.test\\.trigger$": "Did you mean ^sh\\.keptn\\.event\\.test\\.triggered$?",
  "sh.keptn.event.*.stared": "Did you mean sh.keptn.event.*.started?",
  "sh.keptn.evnt.test.triggered": "Did you mean sh.keptn.event.test.triggered?",
  "sh.ketpn.event.test.triggered": "Did you mean sh.keptn.event.test.triggered?",
  "sh.keptn.event.TEST.triggered": "Did you mean sh.keptn.event.test.triggered?",
  "sh.keptn.event.remoteTask.Triggered": "Did you mean sh.keptn.event.remoteTask.triggered?",
  "sh.keptn.event.test. triggered": 'Write "sh.keptn.event.test.triggered".',
  "a.b.triggered, c.d.triggered": 'Add one entry to `events` for each: "a.b.triggered", "c.d.triggered".',
  "test/triggered": 'Separate the parts of a type with dots: "test.triggered".',
};

const silent = [
  "sh.keptn.event.test.triggered",
  "sh.keptn.event.*.triggered",
  "sh.keptn.event.test.*",
  "sh.keptn.event.test.trigger",
  "sh.keptn.event.test.start",
  "sh.keptn.event.test",
  "sh.keptn.event.tests.triggered",
  "sh.keptn.event.deploymant.triggered",
  "sh.keptn.event.remoteTask.triggered",
  "sh.keptn.event.start.triggered",
  "sh.keptn.event.dev.delivery.finished",
  "^sh\\.keptn\\.event\\.[a-z, ]+\\.triggered$",
  "(?i)sh.keptn.event.TEST.triggered",
  "sh.keptn.event.(test|release).triggered",
  "sh.keptn.event.test.trig+ered",
  "sh.keptn.event.test,?.*",
  "sh.keptn.event.dev.starter",
  "sh.keptn.events.problem",
  "sh.keptn.event.problem.open",
  "sh.keptn.log.error",
  "sh.keptn.event.monitoring.configure",
  "sh.keptn.event.test.status.changed",
  "sh.keptn.even",
  "sh.keptn.",
  "sh.k",
  "triggered",
  ".*",
  "",
];

describe("an event name that matches nothing", () => {
  for (const [name, fix] of Object.entries(told)) test(name, () => assert.deepEqual(warningsOf({ name }), [fix]));
});

describe("an event name that matches something", () => {
  for (const name of silent) test(`has no warning: ${name}`, () => assert.deepEqual(warningsOf({ name }), []));
});

const paths: Readonly<Record<string, string | undefined>> = {
  "$.test.teststrategy": "Did you mean $.data.test.teststrategy?",
  "test.teststrategy": "Did you mean $.data.test.teststrategy?",
  "$['labels'][\"a b\"]": "Did you mean $.data['labels'][\"a b\"]?",
  "$.Data.project": "Did you mean $.data.project?",
  "$.date.project": "Did you mean $.data.project?",
  "$.typ": "Did you mean $.type?",
  "$.triggeredid": "A path begins with one of: id, type, source, time, specversion, shkeptncontext, gitcommitid, data.",
  "$[0]": "A path begins with one of: id, type, source, time, specversion, shkeptncontext, gitcommitid, data.",
  "$.data.project": undefined,
  "$['data'].project": undefined,
  "$.shkeptncontext": undefined,
  "$..project": undefined,
  "$[?(@.project)]": undefined,
  $: undefined,
};

describe("a JSONPath", () => {
  for (const [property, fix] of Object.entries(paths))
    test(`${property} ${fix ? "finds nothing" : "may find something"}`, () =>
      assert.deepEqual(
        warningsOf({ name: "sh.keptn.event.test.triggered", jsonpath: { property } }),
        fix ? [fix] : [],
      ));
});
