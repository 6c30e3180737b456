// Walks through every state that a run of up to three tasks can reach, with crashes between any two effects of a step, and
// proves that following nextStep from each of them ends in a reported run with exactly the events that Keptn has to count.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../../../functions/lib/core/run/graph.ts";
import type { TaskPhase } from "../../../../functions/lib/core/run/run-state.ts";
import { apply, effectsOf, initial, type Model, stepOf } from "../run-model.ts";

/** Everything that can happen next: tasks end, somebody deletes a Job, time passes, somebody executes the step, fully or in part. */
const nextModels = (model: Model): Model[] => {
  const step = stepOf(model);
  const effects = effectsOf(step, model);
  const taken = effects.map((_, i) => ({ ...apply(model, effects.slice(0, i + 1)), createdByUs: false }));
  const ended = model.phases.flatMap((phase, i): Model[] => {
    if (phase !== "running" && phase !== "waiting") return [];
    const ends: TaskPhase[] = phase === "running" ? ["succeeded", "failed", "deleted"] : ["deleted"];
    return model.reported ? [] : ends.map((end) => ({ ...model, phases: model.phases.with(i, end) }));
  });
  const later: Model = { ...model, old: true, claim: model.claim === "fresh" ? "aged" : model.claim };
  return [...taken, ...ended, later, { ...model, createdByUs: false }];
};

const keyOf = (model: Model): string => JSON.stringify(model);

const reachable = (from: readonly Model[]): Model[] => {
  const seen = new Map(from.map((model) => [keyOf(model), model]));
  const queue = [...from];
  for (let model = queue.pop(); model; model = queue.pop()) {
    for (const next of nextModels(model)) {
      if (seen.has(keyOf(next))) continue;
      assert.ok(next.started <= 1 && next.finished <= 1, `sent too often: ${keyOf(next)}`);
      seen.set(keyOf(next), next);
      queue.push(next);
    }
  }
  return [...seen.values()];
};

/** From here on nothing fails: tasks succeed, waiting ends, every step is executed in full. */
const follow = (model: Model): Model => {
  let [now, turns] = [model, 0];
  for (;;) {
    turns += 1;
    assert.ok(turns < 50, `no end from ${keyOf(model)}`);
    const step = stepOf(now);
    if (step.kind === "over") return now;
    if (step.kind !== "wait") {
      now = { ...apply(now, effectsOf(step, now)), createdByUs: false };
    } else {
      const phases = now.phases.map((phase) => (phase === "running" ? "succeeded" : phase));
      now = { ...now, phases, old: true, claim: now.claim === "fresh" ? "aged" : now.claim };
    }
  }
};

const prove = (models: readonly Model[], silent: boolean): void => {
  for (const model of models) {
    assert.ok(!silent || model.started + model.finished === 0, keyOf(model));
    const end = follow(model);
    assert.equal(end.reported, true, keyOf(model));
    assert.ok(
      end.states.every((state, i) => state === "reported" || end.phases[i] === "missing"),
      keyOf(end),
    );
    assert.deepEqual([end.started, end.finished], silent ? [0, 0] : [1, 1], `${keyOf(model)} -> ${keyOf(end)}`);
  }
  console.log(`# ${models.length} states`);
};

for (const silent of [false, true])
  for (const length of [1, 2, 3]) {
    test(`every reachable state of a ${silent ? "silent " : ""}run of ${length} tasks leads to its end`, () => {
      const models = reachable(initial(length, silent));
      prove(models, silent);
      assert.ok(models.length > 20 * length, `only ${models.length} states`);
    });
  }

const graphs: Readonly<Record<string, Graph>> = {
  "two side by side, and a clean-up": { tasks: [{}, { needs: [] }, { when: "always" }] },
  "the first one waits for both others": { tasks: [{ needs: [1, 2] }, { needs: [] }, { needs: [] }] },
  "failFast, and a roll-back": { failFast: true, tasks: [{}, { needs: [] }, { when: "failure" }] },
  "nothing that has a reason to run": { tasks: [{ needs: [], when: "failure" }] },
};

for (const [name, graph] of Object.entries(graphs))
  test(`every reachable state of a graph leads to its end: ${name}`, () => {
    for (const silent of [false, true]) prove(reachable(initial(graph.tasks.length, silent, graph)), silent);
  });
