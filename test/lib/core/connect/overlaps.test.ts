import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { overlapsAmong, overlapsWith } from "../../../../functions/lib/core/connect/overlaps.ts";
import { probeType } from "../../../../functions/lib/core/connect/probe.ts";
import { everyTask } from "../../../../functions/lib/core/connect/selection.ts";
import { taskTypesOf } from "../../../../functions/lib/core/connect/task-types.ts";

const selection = { project: "sockshop" };
const filter = { projects: ["sockshop"], stages: [], services: [] };
const named = "sh.keptn.event.test.triggered";

describe("overlapping subscriptions", () => {
  const to = (event: string, id = event) => ({ id, event, filter });
  test("are those for different events that share a type, each with the types it takes", () => {
    const others = [named, everyTask, "sh.keptn.>", "sh.keptn.event.test.*", "sh.keptn.event.test.finished"].map(
      (one) => to(one),
    );
    assert.deepEqual(
      overlapsWith([named, probeType], others).map(({ other, wanted }) => [other.event, wanted.length]),
      [
        [everyTask, 2],
        ["sh.keptn.>", 2],
        ["sh.keptn.event.test.*", 1],
      ],
    );
    assert.deepEqual(overlapsWith([everyTask], [to(everyTask), to("sh.keptn.event.dev.delivery.triggered")]), []);
  });
  test("are found among all subscriptions, each pair once", () => {
    const all = [to(named, "1"), to(everyTask, "2"), to(named, "3"), to("sh.keptn.event.test.*", "4"), to("a.b", "5")];
    assert.deepEqual(
      overlapsAmong(all).map(({ pattern, others }) => [pattern.map(({ id }) => id), others.map(({ id }) => id)]),
      [
        [["2"], ["1", "3", "4"]],
        [["4"], ["1", "3"]],
      ],
    );
    assert.deepEqual(overlapsAmong([to(named, "1"), to(probeType, "2"), to(named, "3")]), []);
  });
});

test("every task of a project: those of the shipyard file, of one stage if given, and Keptn's own; no sequences", () => {
  const shipyard = `spec: {stages: [{name: dev, sequences: [{name: delivery, tasks: [{name: test}, {name: get-sli}]}]},
    {name: prod, sequences: [{name: delivery, tasks: [{name: release}, {name: test}]}]}]}`;
  const tasks = (given: { project: string; stage?: string }, text = shipyard) =>
    taskTypesOf(given, text).map((type) => type.split(".")[3]);
  assert.deepEqual(tasks(selection), ["test", "get-sli", "release", "evaluation"]);
  assert.deepEqual(tasks({ ...selection, stage: "prod" }), ["release", "test", "evaluation", "get-sli"]);
  assert.deepEqual(tasks(selection, ""), ["evaluation", "get-sli"]);
});
