import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeProject } from "../../../../functions/lib/core/source/project.ts";

const evaluation = "sh.keptn.event.evaluation.triggered";

describe("a project", () => {
  test("has the tasks and sequences of its shipyard file, each once, and Keptn's own evaluation", () => {
    const shipyard = `apiVersion: spec.keptn.sh/0.2.3
kind: Shipyard
spec:
  stages:
    - name: dev
      sequences:
        - {name: delivery, tasks: [{name: deployment}, {name: test, properties: {teststrategy: functional}}]}
    - name: prod
      sequences:
        - {name: delivery, triggeredOn: [{event: dev.delivery.finished}], tasks: [{name: deployment}, {name: release}]}
`;
    assert.deepEqual(makeProject("sockshop", shipyard), {
      name: "sockshop",
      types: [
        "sh.keptn.event.dev.delivery.triggered",
        "sh.keptn.event.deployment.triggered",
        "sh.keptn.event.test.triggered",
        "sh.keptn.event.prod.delivery.triggered",
        "sh.keptn.event.release.triggered",
        evaluation,
      ],
    });
  });

  test("has the tasks of one stage only when a stage is given", () => {
    const stage = (name: string, task: string) => `{name: ${name}, sequences: [{name: s, tasks: [{name: ${task}}]}]}`;
    const { types } = makeProject(
      "p",
      `spec: {stages: [${stage("dev", "test")}, ${stage("prod", "release")}]}`,
      "prod",
    );
    assert.deepEqual(types, ["sh.keptn.event.prod.s.triggered", "sh.keptn.event.release.triggered", evaluation]);
  });

  for (const [what, shipyard] of [
    ["is empty", ""],
    ["is not YAML", "spec: ["],
    ["has another shape", "spec: {stages: {dev: 1}}"],
    ["nests too deeply", "[".repeat(10_000)],
    [
      "has names that cannot be part of a type",
      "spec: {stages: [{name: dev, sequences: [{name: a.b, tasks: [{name: '>'}, {}, 7]}]}]}",
    ],
  ] as const) {
    test(`whose shipyard file ${what} has only the tasks that every project has`, () =>
      assert.deepEqual(makeProject("p", shipyard).types, [evaluation]));
  }
});
