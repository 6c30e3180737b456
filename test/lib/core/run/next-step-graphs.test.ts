// Every graph of up to three tasks, and every graph of four up to the order of its tasks, in every reachable state: no task starts
// before its needs or after a failure that forbids it, and each run ends as a second, independent definition says.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSpec } from "../../../../functions/lib/core/annotations/annotations.ts";
import type { Graph, GraphTask } from "../../../../functions/lib/core/run/graph.ts";
import { nextStep, type Situation, type Step } from "../../../../functions/lib/core/run/next-step.ts";
import { type RunState, readRun, type TaskPhase } from "../../../../functions/lib/core/run/run-state.ts";
import { everyGraph, faultOfEnd, faultOfStart, firstBad, graphsOfFour, nodesIn, type Phase } from "../../../graphs.ts";
import { makeJobs } from "../../../runs.ts";

const announced = "2026-01-02T03:04:06.000Z";
const now: Situation = {
  nowMs: Date.parse(announced),
  holderIdentity: "me",
  owner: false,
  leaseSeconds: 30,
  createGraceSeconds: 300,
};

/** Built once per size: only the graph and the phases differ. */
const runOf = (size: number, silent: boolean): RunState => {
  const phases = Array.from({ length: size }, (): TaskPhase => "waiting");
  const run = readRun(makeJobs({ phases, ...(silent ? { silent } : { announced }) }));
  assert.ok(run);
  return run;
};
const sizes = [1, 2, 3, 4];
const kinds = { loud: sizes.map((size) => runOf(size, false)), silent: sizes.map((size) => runOf(size, true)) };
type Kind = keyof typeof kinds;

const stepOf = (graph: Graph, phases: readonly Phase[], kind: Kind = "loud"): Step => {
  const { tasks, spec, ...run } = kinds[kind][phases.length - 1]!;
  const withGraph: RunSpec = { ...spec, graph };
  const phaseOf = (i: number): TaskPhase => (phases[i] === "gone" ? "deleted" : phases[i]!);
  return nextStep({ ...run, spec: withGraph, tasks: tasks.map((task, i) => ({ ...task, phase: phaseOf(i) })) }, now);
};

/** Everything that can happen next: a task is released or stopped (a crash can follow each), ends, or its Job is deleted. */
const followers = (step: Step, phases: readonly Phase[], ends: readonly TaskPhase[]): Phase[][] => [
  ...(step.kind === "release" ? step.tasks.map((task) => phases.with(task, "running")) : []),
  ...(step.kind === "stop" ? step.tasks.map((task) => phases.with(task, "failed")) : []),
  ...phases.flatMap((phase, task) => {
    if (phase === "running") return ends.map((end) => phases.with(task, end));
    return phase === "waiting" && ends.includes("deleted") ? [phases.with(task, "gone")] : [];
  }),
];

/** @returns the number of states */
const walk = (graph: Graph, ends: readonly TaskPhase[], kind: Kind): number => {
  const first = graph.tasks.map((): TaskPhase => "waiting");
  const seen = new Set([first.join()]);
  const queue: Phase[][] = [first];
  for (let phases = queue.pop(); phases; phases = queue.pop()) {
    const step = stepOf(graph, phases, kind);
    check(graph, phases, step);
    for (const next of followers(step, phases, ends)) {
      const key = next.join();
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return seen.size;
};

const check = (graph: Graph, phases: readonly Phase[], step: Step): void => {
  const fault = faultOf(graph, phases, step);
  if (fault) assert.fail(`${fault}: ${step.kind} at ${phases.join()} of ${JSON.stringify(graph)}`);
};

const faultOf = (graph: Graph, phases: readonly Phase[], step: Step): string | undefined => {
  const runs = phases.includes("running");
  if (step.kind === "release") {
    const faults = step.tasks.map((task) => faultOfStart(graph, phases, task) ?? leftBehind(graph, phases, task));
    return step.tasks.length === 0 ? "nothing to release" : faults.find(Boolean);
  }
  if (step.kind === "stop") {
    if (!graph.failFast || firstBad(graph, phases) === undefined) return "stopped for nothing";
    const stops = (task: number) => phases[task] === "running" && nodesIn(graph)[task]?.when === "success";
    return step.tasks.every(stops) && step.tasks.length > 0 ? undefined : "the wrong tasks are stopped";
  }
  if (step.kind === "wait") return runs ? undefined : "it waits for nobody";
  if (step.kind !== "report") return "no such step here";
  const bad = firstBad(graph, phases);
  const told = step.end.kind === "failed" ? step.end.task : step.end.kind === "passed" ? undefined : -1;
  if (bad !== told) return `it tells ${JSON.stringify(step.end)}`;
  return faultOfEnd(graph, phases);
};

/** A task never starts after a task that has to wait for it. */
const leftBehind = (graph: Graph, phases: readonly Phase[], task: number): string | undefined => {
  const later = nodesIn(graph).findIndex(
    ({ needs, spared }, other) =>
      [...needs, ...spared].includes(task) && phases[other] !== "waiting" && phases[other] !== "gone",
  );
  return later >= 0 ? `task ${later} started before it` : undefined;
};

const prove = (all: readonly (readonly GraphTask[])[], ends: readonly TaskPhase[], kind: Kind = "loud"): void => {
  let states = 0;
  for (const tasks of all) for (const failFast of [false, true]) states += walk({ failFast, tasks }, ends, kind);
  assert.ok(states > all.length * 2);
  console.log(`# ${all.length * 2} graphs, ${states} states`);
};

for (const size of [1, 2, 3])
  test(`every graph of ${size} tasks, in every order`, () => prove(everyGraph(size), ["succeeded", "failed"]));

for (const size of [1, 2])
  test(`every graph of ${size} tasks in a silent run`, () =>
    prove(everyGraph(size), ["succeeded", "failed"], "silent"));

for (const size of [1, 2])
  test(`every graph of ${size} tasks whose Jobs may be deleted`, () =>
    prove(everyGraph(size), ["succeeded", "failed", "deleted"]));

test("every graph of four tasks", () => prove(graphsOfFour(), ["succeeded", "failed"]));

test("a line equals a graph without needs, except that a failure ends a line at once", () => {
  const phasesOf = (size: number): TaskPhase[][] =>
    size === 0 ? [[]] : phasesOf(size - 1).flatMap((all) => phases.map((one) => [...all, one]));
  const phases: readonly TaskPhase[] = ["waiting", "running", "succeeded", "failed"];
  for (const all of phasesOf(3)) {
    const first = all.findIndex((phase) => phase !== "succeeded");
    if (first >= 0 && all.slice(first + 1).some((phase) => phase !== "waiting")) continue; // unreachable in a line
    const run = readRun(makeJobs({ phases: all, announced }));
    assert.ok(run);
    assert.deepEqual(stepOf({ tasks: [{}, {}, {}] }, all), nextStep(run, now), all.join());
  }
});

test("warn and continue behave the same until the report", () => {
  for (const tasks of everyGraph(2)) {
    const warns = tasks.map(({ onError, ...task }) => (onError ? { ...task, onError: "warn" as const } : task));
    for (const a of ["waiting", "running", "succeeded", "failed"] as const)
      for (const b of ["waiting", "running", "succeeded", "failed"] as const)
        assert.deepEqual(stepOf({ tasks: warns }, [a, b]), stepOf({ tasks }, [a, b]));
  }
});
