// Walks through every state that a run of up to three tasks can reach, with crashes between any two effects of a step, and
// proves that following nextStep from each of them ends in a run that was reported, with as many events as Keptn has to count.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../functions/core/graph.ts";
import type { State } from "../../functions/core/marks.ts";
import { nextStep, type Situation, type Step } from "../../functions/core/next-step.ts";
import { readRun, type TaskPhase } from "../../functions/core/run-state.ts";
import { standingsOf } from "../../functions/core/standing.ts";
import { makeJobs } from "../runs.ts";

/** A run as Kubernetes and Keptn have it. */
interface Model {
  readonly phases: readonly TaskPhase[];
  readonly states: readonly State[];
  /** Not there: one task after the other. */
  readonly graph?: Graph;
  readonly silent: boolean;
  readonly announced: boolean;
  /** `aged`: its holder counts as dead. */
  readonly claim: "none" | "fresh" | "aged";
  readonly reported: boolean;
  /** Time enough has passed since the Jobs were created for anybody to announce. */
  readonly old: boolean;
  readonly createdByUs: boolean;
  readonly refused: boolean;
  /** What Keptn has counted. */
  readonly started: number;
  readonly finished: number;
}

type Effect = (model: Model) => Model;

const createdAt = "2026-01-02T03:04:05Z";
const nowMs = Date.parse("2026-01-02T03:10:00Z");
const at = (secondsAgo: number): string => new Date(nowMs - secondsAgo * 1000).toISOString();

const stepOf = (model: Model): Step => {
  const claims = { none: "", fresh: claimOf(1), aged: claimOf(100) };
  const state = readRun(
    makeJobs({
      phases: model.phases,
      states: model.states,
      silent: model.silent,
      createdAt: model.old ? createdAt : at(2),
      claim: claims[model.claim],
      ...(model.announced ? { announced: at(1) } : {}),
      ...(model.reported ? { reported: at(1) } : {}),
      ...(model.refused ? { refused: "over quota" } : {}),
      ...(model.graph ? { graph: model.graph } : {}),
    }),
  );
  const now: Situation = { nowMs, me: "me", owner: model.createdByUs, leaseSeconds: 30, createGraceSeconds: 300 };
  return state ? nextStep(state, now) : { kind: "over" };
};

const claimOf = (secondsAgo: number): string => JSON.stringify({ by: "other", at: at(secondsAgo) });

const isComplete = ({ started, finished }: Model): boolean => started > 0 && started === finished;

/** Keptn counts nothing any more for a task that is complete. */
const start: Effect = (m) => (isComplete(m) ? m : { ...m, started: m.started + 1 });
const finish: Effect = (m) => (isComplete(m) ? m : { ...m, finished: m.finished + 1 });
const take: Effect = (m) => ({ ...m, claim: "fresh" });
const release =
  (task: number): Effect =>
  (m) => ({
    ...m,
    phases: m.phases.with(task, "running"),
    states: m.states.with(task, "released"),
  });
/** Of a graph the first task may have to wait. */
const noteAnnounced: Effect = (m) => ({
  ...(m.graph && standingsOf(m.graph, m.phases)[0] !== "ready" ? m : release(0)(m)),
  announced: true,
  claim: "none",
});
const stop =
  (task: number): Effect =>
  (m) => ({ ...m, phases: m.phases.with(task, "failed") });
const noteReported: Effect = (m) => ({ ...m, reported: true, claim: "none" });

/** A Job that ended stays, any other is deleted. */
const letGo =
  (task: number): Effect =>
  (m) => {
    const ended = m.phases[task] === "succeeded" || m.phases[task] === "failed";
    return { ...m, phases: ended ? m.phases : m.phases.with(task, "missing"), states: m.states.with(task, "reported") };
  };

/** What the shell does for a step, one effect after the other, from what it has just read. */
const effectsOf = (step: Step, model: Model): Effect[] => {
  switch (step.kind) {
    case "announce":
      if (!step.ask) return [start, noteAnnounced];
      return [take, ...(model.started > 0 ? [] : [start]), noteAnnounced];
    case "release":
      return step.tasks.map(release);
    case "stop":
      return step.tasks.map(stop);
    case "report":
      return model.silent ? tidyEffects(model) : [take, ...sends(model), ...tidyEffects(model)];
    case "tidy":
      return tidyEffects(model);
    default:
      return [];
  }
};

const sends = (model: Model): Effect[] => {
  if (isComplete(model)) return [];
  const due = Math.max(1, model.started) - model.finished;
  return [...(model.started === 0 ? [start] : []), ...Array.from({ length: due }, () => finish)];
};

const tidyEffects = (model: Model): Effect[] => {
  const lead = model.phases.findIndex((phase) => phase !== "missing");
  const others = model.phases.flatMap((phase, i) => (i !== lead && phase !== "missing" ? [letGo(i)] : []));
  return [...(model.reported ? [] : [noteReported]), ...others, letGo(lead)];
};

const apply = (model: Model, effects: readonly Effect[]): Model => effects.reduce((m, effect) => effect(m), model);

/** Everything that can happen next: tasks end, somebody deletes a Job, time passes, somebody takes the step, whole or in part. */
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

/** From here on nothing goes wrong any more: tasks succeed, waiting ends, every step is taken as a whole. */
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

const initial = (length: number, silent: boolean, graph?: Graph): Model[] => {
  const fresh = { silent, announced: false, claim: "none", reported: false, old: false, refused: false } as const;
  const counts = { createdByUs: true, started: 0, finished: 0 };
  const phases = Array.from({ length }, (): TaskPhase => "waiting");
  const states = phases.map((): State => "waiting");
  const whole: Model = { ...fresh, ...counts, phases, states, ...(graph ? { graph } : {}) };
  const partly = phases.map((_, i): Model => ({ ...whole, createdByUs: false, phases: phases.with(i, "missing") }));
  const some = partly.filter((model) => model.phases.some((phase) => phase !== "missing"));
  return [whole, ...some, ...some.map((model) => ({ ...model, refused: true }))];
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
