// The order of tasks: what each of them waits for, and circles.
import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOf } from "../../functions/core/config/check-order.ts";
import { cycleOf, type GraphTask, nodesOf } from "../../functions/core/graph.ts";

const waits = (tasks: readonly GraphTask[]) => nodesOf({ tasks }).map(({ needs, spared }) => [needs, spared]);

test("without needs each task goes on from the one before", () => {
  assert.deepEqual(waits([{}, {}, {}]), [
    [[], []],
    [[0], []],
    [[1], []],
  ]);
});

test("without needs a task goes on past a roll-back that was not needed, and after a clean-up that passed", () => {
  const [, , deploy] = waits([{}, { when: "failure" }, {}]);
  assert.deepEqual(deploy, [[0], [1]]);
  const [, , after] = waits([{}, { when: "always" }, {}]);
  assert.deepEqual(after, [[0, 1], []]);
});

test("without needs a roll-back and a clean-up are for all that is before them", () => {
  const [, , rollBack, cleanUp] = waits([{}, { needs: [] }, { when: "failure" }, { when: "always" }]);
  assert.deepEqual(rollBack, [[0, 1], []]);
  assert.deepEqual(cleanUp, [[0, 1, 2], []]);
});

test("a circle is found, also one that goes over a task without needs", () => {
  assert.equal(cycleOf(nodesOf({ tasks: [{}, { needs: [0] }, { needs: [0, 1] }] })), undefined);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{ needs: [2] }, { needs: [0] }, { needs: [1] }] })), [0, 2, 1]);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{ needs: [1] }, {}] })), [0, 1]);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{}, { needs: [1] }] })), [1]);
});

test("there is a graph only where the config has one", () => {
  const [a, b] = [{ name: "a" }, { name: "b" }];
  assert.equal(graphOf([a, b]), undefined);
  assert.equal(graphOf([a, { ...b, when: "success", onError: "fail" }], false), undefined);
  assert.deepEqual(graphOf([a, b], true), { failFast: true, tasks: [{}, {}] });
  assert.deepEqual(graphOf([a, { ...b, needs: ["a", "a"], onError: "warn" }]), {
    tasks: [{}, { needs: [0], onError: "warn" }],
  });
});
