// What a world is made of: the events that come, the runs they start, and what becomes of each task.
import { runIdOf } from "../../functions/core/marks.ts";
import { type Chance, skewed } from "./chance.ts";

export interface Scenario {
  readonly events: readonly ScenarioEvent[];
}

export interface ScenarioEvent {
  readonly name: string;
  /** When Keptn triggers it, after the beginning. */
  readonly atMs: number;
  /** false: another service sent it, and nobody counts its answers. */
  readonly counted: boolean;
  readonly actions: readonly ScenarioAction[];
  /** The job config is wrong: no run, but an answer. */
  readonly broken: boolean;
}

export interface ScenarioAction {
  readonly silent: boolean;
  readonly ttlSeconds: number;
  readonly fates: readonly Fate[];
}

export type Fate =
  | { readonly kind: "succeeds" | "fails"; readonly afterMs: number }
  /** Its image cannot be pulled; with `healsMs`, later it can, and the task succeeds. */
  | { readonly kind: "stuck"; readonly healsMs?: number }
  /** It runs until its deadline. */
  | { readonly kind: "endless" };

export const taskSeconds = 120;

export const drawScenario = (chance: Chance): Scenario => {
  const count = 1 + Math.floor(chance.roll("events") * 3);
  return { events: Array.from({ length: count }, (_, index) => drawEvent(chance, `event-${index + 1}`)) };
};

const drawEvent = (chance: Chance, name: string): ScenarioEvent => {
  const shape = chance.roll(`${name} actions`);
  const silents = shape < 0.6 ? [false] : shape < 0.75 ? [false, true] : shape < 0.9 ? [false, false] : [true];
  return {
    name,
    atMs: skewed(chance.roll(`${name} at`), 0, 400_000),
    counted: chance.roll(`${name} counted`) < 0.9,
    actions: silents.map((silent, index) => drawAction(chance, `${name} action-${index + 1}`, silent)),
    broken: chance.mishap(`${name} has a broken config`, 0.01),
  };
};

const drawAction = (chance: Chance, name: string, silent: boolean): ScenarioAction => ({
  silent,
  ttlSeconds: [0, 60, 3600][Math.floor(chance.roll(`${name} ttl`) * 3)] ?? 60,
  fates: Array.from({ length: 1 + Math.floor(chance.roll(`${name} tasks`) * 3) }, (_, index) =>
    drawFate(chance, `${name} task-${index + 1}`),
  ),
});

const drawFate = (chance: Chance, name: string): Fate => {
  const roll = chance.roll(`${name} takes`);
  if (chance.mishap(`${name} fails`, 0.1)) return { kind: "fails", afterMs: skewed(roll, 50, 60_000) };
  if (chance.mishap(`${name} cannot pull its image`, 0.03)) return { kind: "stuck" };
  if (chance.mishap(`${name} can pull its image late`, 0.03)) return { kind: "stuck", healsMs: 50_000 + roll * 90_000 };
  if (chance.mishap(`${name} does not end`, 0.02)) return { kind: "endless" };
  return { kind: "succeeds", afterMs: skewed(roll, 50, 60_000) };
};

export const configOf = ({ actions, broken }: ScenarioEvent): string => {
  const lines = actions.flatMap(({ silent, ttlSeconds, fates }, index) => [
    `  - name: action-${index + 1}`,
    `    silent: ${silent}`,
    "    events:",
    "      - name: sh.keptn.event.deployment.triggered",
    "    tasks:",
    ...fates.map(
      (_, task) =>
        `      - {name: task-${task + 1}, image: "example.org/none:1", ttlSecondsAfterFinished: ${ttlSeconds}, maxPollDuration: ${broken ? "never" : taskSeconds}}`,
    ),
  ]);
  return ["apiVersion: v2", "actions:", ...lines, ""].join("\n");
};

/** The runs of an event by their ids. */
export const runsOf = (event: ScenarioEvent, eventId: string): Map<string, ScenarioAction> =>
  new Map(event.actions.map((action, index) => [runIdOf(eventId, index), action]));
