// What a world is made of: the events that come, the runs they start, and what becomes of each task.
import { runIdOf } from "../../functions/core/marks.ts";
import { type Chance, skewed } from "./chance.ts";

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
  /** Its tasks are in two namespaces by turns. */
  readonly apart: boolean;
  readonly fates: readonly Fate[];
}

/** What an injected container does once the task's own has ended. */
export type Sidecar = "lasts" | "fails";

export type Fate =
  | { readonly kind: "succeeds"; readonly afterMs: number; readonly sidecar?: Sidecar; readonly slowMs?: number }
  | { readonly kind: "fails"; readonly afterMs: number; readonly sidecar?: Sidecar }
  /** Its pod is taken away. `gone`: nothing of it is left. */
  | { readonly kind: "evicted"; readonly afterMs: number; readonly gone: boolean }
  /** Its image cannot be pulled; with `healsMs`, later it can, and the task succeeds. */
  | { readonly kind: "stuck"; readonly healsMs?: number }
  /** It runs until its deadline. */
  | { readonly kind: "endless" };

/** So long an image fails once to be pulled that is pulled a while later: less than START_GRACE_SECONDS. */
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
  return {
    name,
    atMs: skewed(spot.roll("when"), 0, withinMs),
    counted: spot.roll("counted") < 0.9,
    actions: silents.map((silent, index) => drawAction(chance, `${name} action-${index + 1}`, silent)),
    broken: spot.mishap("brokenConfig"),
  };
};

/** Which actions of an event are silent, and up to which roll. */
const shapes: readonly (readonly [number, readonly boolean[]])[] = [
  [0.55, [false]],
  [0.68, [false, true]],
  [0.83, [false, false]],
  [0.89, [false, false, false]],
  [0.92, [true, false, false]],
];

const drawAction = (chance: Chance, name: string, silent: boolean): ScenarioAction => {
  const spot = chance.at(name);
  return {
    silent,
    ttlSeconds: [0, 60, 3600][Math.floor(spot.roll("ttl") * 3)] ?? 60,
    apart: spot.roll("namespaces") < 0.1,
    fates: Array.from({ length: 1 + Math.floor(spot.roll("tasks") * 3) }, (_, index) =>
      drawFate(chance, `${name} task-${index + 1}`),
    ),
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
  // The image that is large, and then fails once, is there before the task's deadline.
  if (spot.mishap("startsLate"))
    return { kind: "succeeds", afterMs: 50 + roll * 1000, slowMs: 65_000 + spot.roll("slow") * 5000 };
  if (spot.mishap("imageMissing")) return { kind: "stuck" };
  if (spot.mishap("imageLate")) return { kind: "stuck", healsMs: 50_000 + roll * 90_000 };
  if (spot.mishap("endless")) return { kind: "endless" };
  return { kind: "succeeds", afterMs: skewed(roll, 50, 60_000), ...sidecar };
};

export const configOf = ({ actions, broken }: ScenarioEvent): string => {
  const lines = actions.flatMap(({ silent, ttlSeconds, apart, fates }, index) => [
    `  - name: action-${index + 1}`,
    `    silent: ${silent}`,
    "    events:",
    "      - name: sh.keptn.event.deployment.triggered",
    "    tasks:",
    ...fates.flatMap((_, task) => [
      `      - name: task-${task + 1}`,
      "        image: example.org/none:1",
      "        files: [run.sh]",
      `        ttlSecondsAfterFinished: ${ttlSeconds}`,
      `        maxPollDuration: ${broken ? "never" : taskSeconds}`,
      ...(apart && task % 2 === 1 ? ["        namespace: others"] : []),
    ]),
  ]);
  return ["apiVersion: v2", "actions:", ...lines, ""].join("\n");
};

/** The runs of an event by their ids. */
export const runsOf = (event: ScenarioEvent, eventId: string): Map<string, ScenarioAction> =>
  new Map(event.actions.map((action, index) => [runIdOf(eventId, index), action]));
