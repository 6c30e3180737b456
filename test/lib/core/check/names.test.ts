// The names that an overlay gave our objects, derived from the names of its Knative Services.
import assert from "node:assert/strict";
import { test } from "node:test";
import { affixesOf, nameWith } from "../../../../functions/lib/core/check/names.ts";

const cases: readonly (readonly [services: readonly string[], keptn: string])[] = [
  [[], "keptn"],
  [["start-job", "finish-task"], "keptn"],
  [["a-restart-job", "hello"], "keptn"],
  [["east-finish-task", "east-start-job", "hello"], "east-keptn"],
  [["finish-task-2", "start-job-2"], "keptn-2"],
  [["a-start-job", "b-finish-task", "b-start-job"], "b-keptn"],
  [["east-start-job", "start-job"], "keptn"],
  [["east-start-job"], "east-keptn"],
];

for (const [services, keptn] of cases) {
  test(`the Services ${JSON.stringify(services)} mean that the Broker is called ${keptn}`, () => {
    assert.equal(nameWith(affixesOf(services), "keptn"), keptn);
  });
}
