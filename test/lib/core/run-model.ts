// A model of a run in Kubernetes and Keptn, and of the effects of each step: next-step-reachable walks through it.
import type { State } from "../../../functions/lib/core/annotations/annotations.ts";
import { taskStatusesOf } from "../../../functions/lib/core/run/due-tasks.ts";
import type { Graph } from "../../../functions/lib/core/run/graph.ts";
import { nextStep, type Situation, type Step } from "../../../functions/lib/core/run/next-step.ts";
import { readRun, type TaskPhase } from "../../../functions/lib/core/run/run-state.ts";
import { makeJobs } from "../../runs.ts";

export interface Model {
  readonly phases: readonly TaskPhase[];
  readonly states: readonly State[];
  /** Absent: one task after the other. */
  readonly graph?: Graph;
  readonly silent: boolean;
  readonly announced: boolean;
  /** `aged`: its holder is presumed dead. */
  readonly claim: "none" | "fresh" | "aged";
  readonly reported: boolean;
  /** The Jobs are old enough for anybody to announce the run. */
  readonly old: boolean;
  readonly createdByUs: boolean;
  readonly refused: boolean;
  /** The number of events that Keptn counted. */
  readonly started: number;
  readonly finished: number;
}

type Effect = (model: Model) => Model;

const createdAt = "2026-01-02T03:04:05Z";
const nowMs = Date.parse("2026-01-02T03:10:00Z");
const at = (secondsAgo: number): string => new Date(nowMs - secondsAgo * 1000).toISOString();

export const stepOf = (model: Model): Step => {
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
  const now: Situation = {
    nowMs,
    holderIdentity: "me",
    owner: model.createdByUs,
    leaseSeconds: 30,
    createGraceSeconds: 300,
  };
  return state ? nextStep(state, now) : { kind: "over" };
};

const claimOf = (secondsAgo: number): string => JSON.stringify({ by: "other", at: at(secondsAgo) });

const isComplete = ({ started, finished }: Model): boolean => started > 0 && started === finished;

/** Keptn stops counting once a task is complete. */
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
/** In a graph, the first task may have to wait. */
const noteAnnounced: Effect = (m) => ({
  ...(m.graph && taskStatusesOf(m.graph, m.phases)[0] !== "ready" ? m : release(0)(m)),
  announced: true,
  claim: "none",
});
const stop =
  (task: number): Effect =>
  (m) => ({ ...m, phases: m.phases.with(task, "failed") });
const noteReported: Effect = (m) => ({ ...m, reported: true, claim: "none" });

/** A Job that has ended stays, any other is deleted. */
const removeFinalizer =
  (task: number): Effect =>
  (m) => {
    const ended = m.phases[task] === "succeeded" || m.phases[task] === "failed";
    return { ...m, phases: ended ? m.phases : m.phases.with(task, "missing"), states: m.states.with(task, "reported") };
  };

/** The effects of a step, one after the other, based on the state just read. */
export const effectsOf = (step: Step, model: Model): Effect[] => {
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
    case "finalize":
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
  const others = model.phases.flatMap((phase, i) => (i !== lead && phase !== "missing" ? [removeFinalizer(i)] : []));
  return [...(model.reported ? [] : [noteReported]), ...others, removeFinalizer(lead)];
};

export const apply = (model: Model, effects: readonly Effect[]): Model =>
  effects.reduce((m, effect) => effect(m), model);

/** The start: all Jobs exist, or one is missing or refused. */
export const initial = (length: number, silent: boolean, graph?: Graph): Model[] => {
  const fresh = { silent, announced: false, claim: "none", reported: false, old: false, refused: false } as const;
  const counts = { createdByUs: true, started: 0, finished: 0 };
  const phases = Array.from({ length }, (): TaskPhase => "waiting");
  const states = phases.map((): State => "waiting");
  const whole: Model = { ...fresh, ...counts, phases, states, ...(graph ? { graph } : {}) };
  const partly = phases.map((_, i): Model => ({ ...whole, createdByUs: false, phases: phases.with(i, "missing") }));
  const some = partly.filter((model) => model.phases.some((phase) => phase !== "missing"));
  return [whole, ...some, ...some.map((model) => ({ ...model, refused: true }))];
};
