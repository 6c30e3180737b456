import assert from "node:assert/strict";
import { test } from "node:test";
import { readRun } from "../../../../functions/lib/core/run/run-state.ts";
import { findRuns, shortIdOf } from "../../../../functions/lib/core/view/find.ts";
import { makeJobs, testEvent, testRunId } from "../../../runs.ts";

const run = readRun(makeJobs({ phases: ["running"] }))!;
const find = (wanted: string) => findRuns([run], wanted).length;

test("finds a run by its id, as shown or as in the label, and by a prefix", () => {
  assert.match(shortIdOf(run.id), /^[0-9a-f]{8}-001$/);
  for (const wanted of [testRunId(), shortIdOf(run.id), run.id.slice(0, 6)]) assert.equal(find(wanted), 1, wanted);
});
test("finds a run by its event and by its Keptn context", () => {
  for (const wanted of [testEvent.id, testEvent.id.slice(0, 8), testEvent.shkeptncontext])
    assert.equal(find(wanted), 1);
});
test("another action's run is not found by this one's number, and a few characters find nothing", () => {
  for (const wanted of [`${run.id.slice(0, 8)}-002`, run.id.slice(0, 3), "zzzzzz"])
    assert.equal(find(wanted), 0, wanted);
});
