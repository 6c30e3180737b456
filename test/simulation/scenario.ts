// What a world is made of: the events, the runs they start, and the fate of each task.
import { runIdOf } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { type Chance, skewed } from "./chance.ts";
import { type DrawnGraph, drawGraph, linesOf, mostTasks } from "./draw-graph.ts";
import { type DrawnValues, drawValues, linesOfValues } from "./draw-values.ts";

export interface ScenarioEvent {
  readonly name: string;
  /** When Keptn triggers it, relative to the beginning. */
  readonly atMs: number;
  /** false: another service sent it, and Keptn does not count our events about it. */
  readonly counted: boolean;
  readonly actions: readonly ScenarioAction[];
  /** The job config is invalid: no run, only a report. */
  readonly broken: boolean;
  readonly change?: ConfigChange;
}

/** What a project's job config, which is not read at the event's commit, changes to. */
export interface ConfigChange {
  readonly kind: "added on top" | "removed" | "changed" | "broken";
  /** After the event was triggered. */
  readonly afterMs: number;
  /** When the event is redelivered after that. */
  readonly againMs: number;
  /** All actions that match the event from then on. */
  readonly actions: readonly ScenarioAction[];
}

export interface ScenarioAction {
  readonly name: string;
  readonly silent: boolean;
  readonly ttlSeconds: number;
  /** Its tasks alternate between two namespaces. */
  readonly apart: boolean;
  /** An admission policy of the cluster refuses all its Jobs. */
  readonly refused: boolean;
  readonly fates: readonly Fate[];
  /** Absent: one task after the other. */
  readonly order?: DrawnGraph;
  readonly values: DrawnValues;
}

/** What an injected container does after the task's own container has ended. */
export type Sidecar = "lasts" | "fails";

export type Fate =
  /** `slowMs`: the time to pull its image; `quotaMs`: how long the quota of its namespace is full. */
  | {
      readonly kind: "succeeds";
      readonly afterMs: number;
      readonly sidecar?: Sidecar;
      readonly slowMs?: number;
      readonly quotaMs?: number;
    }
  | { readonly kind: "fails"; readonly afterMs: number; readonly sidecar?: Sidecar }
  /** Its pod is removed. `gone`: nothing of it is left. */
  | { readonly kind: "evicted"; readonly afterMs: number; readonly gone: boolean }
  /** Its image cannot be pulled; with `healsMs` it can later, and the task succeeds. */
  | { readonly kind: "stuck"; readonly healsMs?: number }
  /** It runs until its deadline. */
  | { readonly kind: "endless" }
  /** With `retries`: the fates of its pods, one after the other. The pod after these passes. */
  | { readonly kind: "retried"; readonly limit: number; readonly tries: readonly Try[] };

/** `taken`: Kubernetes removed the pod, which does not count; `gone`: nothing of it is left. `late`: its deadline. */
export interface Try {
  readonly end: "fails" | "late" | "taken" | "gone";
  readonly afterMs: number;
}

/** Whether one of its pods passes. */
export const passesAtLast = (limit: number, tries: readonly Try[]): boolean =>
  tries.filter(({ end }) => end === "fails" || end === "late").length <= limit;

/** How long an image that is pulled later fails once: less than START_GRACE_SECONDS. */
export const hiccupMs = 40_000;

const taskSeconds = 120;
const weekMs = 7 * 24 * 3_600_000;

/** @returns its events, in any order */
export const drawScenario = (chance: Chance): readonly ScenarioEvent[] => {
  const spot = chance.at("the world");
  const long = spot.mishap("longWorld");
  const count = long ? 60 : 1 + Math.floor(spot.roll("events") * 3);
  return Array.from({ length: count }, (_, index) => drawEvent(chance, `event-${index + 1}`, long ? weekMs : 400_000));
};

const drawEvent = (chance: Chance, name: string, withinMs: number): ScenarioEvent => {
  const spot = chance.at(name);
  const shape = spot.roll("actions");
  const silents = shapes.find(([upTo]) => shape < upTo)?.[1] ?? [true];
  const actions = silents.map((silent, index) => drawAction(chance, name, { name: `action-${index + 1}`, silent }));
  return {
    ...{ name, actions, broken: spot.mishap("brokenConfig") },
    atMs: skewed(spot.roll("when"), 0, withinMs),
    counted: spot.roll("counted") < 0.9,
    ...(spot.mishap("configChanged") ? { change: drawChange(chance, name, actions) } : {}),
  };
};

const drawChange = (chance: Chance, name: string, actions: readonly ScenarioAction[]): ConfigChange => {
  const spot = chance.at(`${name} new config`);
  const roll = spot.roll("kind");
  const silent = spot.roll("silent") < 0.2;
  const soonMs = spot.roll("while it is begun") < 0.3 ? 6000 : 200_000;
  const hours = spot.roll("hours") < 0.15 ? 2 : 0;
  const when = {
    afterMs: skewed(spot.roll("when"), 0, soonMs),
    againMs: skewed(spot.roll("again"), 0, 20_000) + hours * 3_600_000,
  };
  const drawn = (of: string) => drawAction(chance, `${name} new`, { name: of, silent });
  if (roll < 0.4) return { ...when, kind: "added on top", actions: [drawn("action-0"), ...actions] };
  if (roll < 0.6) return { ...when, kind: "removed", actions: actions.slice(1) };
  if (roll < 0.9) return { ...when, kind: "changed", actions: [drawn("action-1"), ...actions.slice(1)] };
  return { ...when, kind: "broken", actions };
};

/** Which actions of an event are silent, by the roll. */
const shapes: readonly (readonly [number, readonly boolean[]])[] = [
  [0.55, [false]],
  [0.68, [false, true]],
  [0.83, [false, false]],
  [0.89, [false, false, false]],
  [0.92, [true, false, false]],
];

const drawAction = (
  chance: Chance,
  of: string,
  { name, silent }: Pick<ScenarioAction, "name" | "silent">,
): ScenarioAction => {
  const place = `${of} ${name}`;
  const spot = chance.at(place);
  const many = 1 + Math.floor(skewed(spot.roll("tasks of a graph"), 0, mostTasks)); // large graphs are slow to simulate
  const order = drawGraph(chance, place, many);
  const size = order ? many : 1 + Math.floor(spot.roll("tasks") * 3);
  return {
    ...{ name, silent },
    ttlSeconds: [0, 60, 3600][Math.floor(spot.roll("ttl") * 3)] ?? 60,
    apart: spot.roll("namespaces") < 0.1,
    refused: spot.mishap("refusedByPolicy"),
    fates: Array.from({ length: size }, (_, index) => drawFate(chance, `${place} task-${index + 1}`)),
    ...(order ? { order } : {}),
    values: drawValues(chance, place, { size, graph: order?.graph }),
  };
};

const drawFate = (chance: Chance, name: string): Fate => {
  const spot = chance.at(name);
  const roll = spot.roll("takes");
  const sidecar: { readonly sidecar?: Sidecar } = spot.mishap("sidecarLasts")
    ? { sidecar: "lasts" }
    : spot.mishap("sidecarFails")
      ? { sidecar: "fails" }
      : {};
  if (spot.mishap("taskFails")) return { kind: "fails", afterMs: skewed(roll, 50, 60_000), ...sidecar };
  if (spot.mishap("evicted"))
    return { kind: "evicted", afterMs: skewed(roll, 50, 60_000), gone: spot.roll("gone") < 0.5 };
  // The large image, after its one failure, is there before the task's deadline.
  if (spot.mishap("startsLate"))
    return { kind: "succeeds", afterMs: 50 + roll * 1000, slowMs: 65_000 + spot.roll("slow") * 5000 };
  if (spot.mishap("quotaFull"))
    return { kind: "succeeds", afterMs: skewed(roll, 50, 60_000), quotaMs: 1 + 200_000 * spot.roll("quota") };
  if (spot.mishap("retried")) return drawTries(chance, name);
  if (spot.mishap("imageMissing")) return { kind: "stuck" };
  if (spot.mishap("imageLate")) return { kind: "stuck", healsMs: 50_000 + roll * 90_000 };
  if (spot.mishap("endless")) return { kind: "endless" };
  return { kind: "succeeds", afterMs: skewed(roll, 50, 60_000), ...sidecar };
};

const drawTries = (chance: Chance, name: string): Fate => {
  const spot = chance.at(`${name} tries`);
  const limit = Math.floor(spot.roll("limit") * 3);
  const many = 1 + Math.floor(spot.roll("many") * 3);
  const tries = Array.from({ length: many }, (_, n): Try => {
    const end =
      (["fails", "fails", "taken", "gone", "late"] as const)[Math.floor(spot.roll(`end ${n}`) * 5)] ?? "fails";
    return { end, afterMs: skewed(spot.roll(`takes ${n}`), 50, 60_000) };
  });
  return { kind: "retried", limit, tries };
};

export interface Config {
  readonly actions: readonly ScenarioAction[];
  readonly broken: boolean;
  /** Index of the plan, from 0: the tasks of each plan have their own image. */
  readonly plan: number;
}

export const configOf = ({ actions, broken, plan }: Config): string => {
  const lines = actions.flatMap(({ name, silent, ttlSeconds, apart, fates, order, values }) => [
    `  - name: ${name}`,
    `    silent: ${silent}`,
    ...(order?.failFast ? ["    failFast: true"] : []),
    "    events:",
    "      - name: sh.keptn.event.deployment.triggered",
    "    tasks:",
    ...fates.flatMap((fate, task) => [
      `      - name: task-${task + 1}`,
      `        image: ${imageOf(plan)}`,
      "        files: [run.sh]",
      `        ttlSecondsAfterFinished: ${ttlSeconds}`,
      `        maxPollDuration: ${broken ? "never" : taskSeconds}`,
      ...linesOf(order, task),
      ...linesOfValues(values, task),
      ...(fate.kind === "retried" ? [`        retries: ${fate.limit}`] : []),
      ...(apart && task % 2 === 1 ? ["        namespace: others"] : []),
    ]),
  ]);
  return ["apiVersion: v2", "actions:", ...(lines.length > 0 ? lines : other), ""].join("\n");
};

/** No action for the event is left. */
const other = [
  "  - name: other",
  "    events: [{name: sh.keptn.event.test.triggered}]",
  "    tasks: [{name: t, image: i}]",
];

const imageOf = (plan: number): string => `example.org/none:${plan}`;

/** Index of the plan that a Job belongs to. */
export const planOf = (job: Job): number => Number(job.spec?.template.spec?.containers[0]?.image?.split(":")[1] ?? 0);

/** The runs of an event by id. */
export const runsOf = (actions: readonly ScenarioAction[], eventId: string): Map<string, ScenarioAction> =>
  new Map(actions.map((action, index) => [runIdOf(eventId, index), action]));
