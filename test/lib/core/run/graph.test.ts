// The order of tasks: what each one waits for, and cycles.
import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOf } from "../../../../functions/lib/core/config/check-order.ts";
import { isOpen, taskStatusesOf } from "../../../../functions/lib/core/run/due-tasks.ts";
import { cycleOf, type Graph, type GraphTask, nodesOf, tasksBefore } from "../../../../functions/lib/core/run/graph.ts";
import type { TaskPhase } from "../../../../functions/lib/core/run/run-state.ts";
import { everyGraph } from "../../../graphs.ts";

const waits = (tasks: readonly GraphTask[]) => nodesOf({ tasks }).map(({ needs, spared }) => [needs, spared]);

test("a task without needs waits for the one before it", () => {
  assert.deepEqual(waits([{}, {}, {}]), [
    [[], []],
    [[0], []],
    [[1], []],
  ]);
});

test("a task without needs goes on past a skipped rollback and after a cleanup that passed", () => {
  const [, , deploy] = waits([{}, { when: "failure" }, {}]);
  assert.deepEqual(deploy, [[0], [1]]);
  const [, , after] = waits([{}, { when: "always" }, {}]);
  assert.deepEqual(after, [[0, 1], []]);
});

test("a rollback or cleanup without needs covers all tasks before it", () => {
  const [, , rollBack, cleanUp] = waits([{}, { needs: [] }, { when: "failure" }, { when: "always" }]);
  assert.deepEqual(rollBack, [[0, 1], []]);
  assert.deepEqual(cleanUp, [[0, 1, 2], []]);
});

test("a cycle is found, even through a task without needs", () => {
  assert.equal(cycleOf(nodesOf({ tasks: [{}, { needs: [0] }, { needs: [0, 1] }] })), undefined);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{ needs: [2] }, { needs: [0] }, { needs: [1] }] })), [0, 2, 1]);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{ needs: [1] }, {}] })), [0, 1]);
  assert.deepEqual(cycleOf(nodesOf({ tasks: [{}, { needs: [1] }] })), [1]);
});

test("a graph exists only when the config asks for one", () => {
  const [a, b] = [{ name: "a" }, { name: "b" }];
  assert.equal(graphOf([a, b]), undefined);
  assert.equal(graphOf([a, { ...b, when: "success", onError: "fail" }], false), undefined);
  assert.deepEqual(graphOf([a, b], true), { failFast: true, tasks: [{}, {}] });
  assert.deepEqual(graphOf([a, { ...b, needs: ["a", "a"], onError: "warn" }]), {
    tasks: [{}, { needs: [0], onError: "warn" }],
  });
});

/** Every state that a run can reach. */
const reachable = (graph: Graph): TaskPhase[][] => {
  const found = new Map<string, TaskPhase[]>();
  const visit = (phases: TaskPhase[]): void => {
    if (found.has(phases.join())) return;
    found.set(phases.join(), phases);
    for (const [task, standing] of taskStatusesOf(graph, phases).entries()) {
      if (standing === "ready") visit(phases.with(task, "running"));
      if (standing === "running") for (const end of ["succeeded", "failed"] as const) visit(phases.with(task, end));
    }
  };
  visit(graph.tasks.map(() => "waiting"));
  return [...found.values()];
};

test("a task is due only when all tasks before it are done, in every graph of three tasks and every state", () => {
  for (const tasks of everyGraph(3)) {
    const befores = tasks.map((_, task) => tasksBefore({ tasks }, task));
    for (const phases of reachable({ tasks })) {
      const standings = taskStatusesOf({ tasks }, phases);
      for (const [task, standing] of standings.entries()) {
        const open = standing === "ready" ? [...befores[task]!].find((one) => isOpen(standings[one]!)) : undefined;
        assert.equal(open, undefined, JSON.stringify({ tasks, phases, task }));
      }
    }
  }
});

test("tasks before a task: all earlier ones in a line; in a graph, those that its needs waited for too", () => {
  assert.deepEqual([...tasksBefore(undefined, 2)], [0, 1]);
  const tasks: GraphTask[] = [{}, { needs: [0] }, { needs: [1] }, { when: "always", needs: [2] }];
  assert.deepEqual([...tasksBefore({ tasks }, 2)].sort(), [0, 1]);
  assert.deepEqual(
    [...tasksBefore({ tasks }, 3)],
    [2],
    "task 2 may never run, and then nothing waits for what it needs",
  );
});
