// One simulated world from its seed to its end: the real handlers, and everything else by chance.
import { beginEvent } from "./begin-event.ts";
import { makeChance } from "./chance.ts";
import { checkRest } from "./end-checks.ts";
import { type Handlers, loadHandlers } from "./handlers.ts";
import type { Mishap } from "./rates.ts";
import { drawScenario } from "./scenario.ts";
import type { Violation } from "./violation.ts";
import { makeWorld, startMs, type World } from "./world.ts";

export interface Outcome {
  readonly runs: number;
  readonly violation?: Violation;
  /** Names of its events. */
  readonly events: readonly string[];
  /** In the order in which they happened. */
  readonly mishaps: readonly string[];
  /** How often each kind of thing happened. */
  readonly happened: ReadonlyMap<string, number>;
  /** From its first event until nothing was due any more. */
  readonly simulatedMs: number;
}

export interface SimulateOptions {
  /** Handlers, perhaps with a mistake. */
  readonly handlers?: Handlers;
  /** Faults and events to leave out. */
  readonly without?: ReadonlySet<string>;
  /** The only faults to inject, and often. */
  readonly only?: readonly Mishap[] | undefined;
  /** Receives the story, step by step. */
  readonly onStep?: (text: string) => void;
}

/** After the last event: longer than any delay, any TTL and any outage. */
const longestMs = 16 * 3_600_000;

/** After the last event. When nearly every call fails, hundreds of sweeps in a row can make no progress with a run of twelve tasks. */
const troubleMs = 8 * 3_600_000;

const good = await loadHandlers();

export const simulate = async (seed: number, options: SimulateOptions = {}): Promise<Outcome> => {
  const { handlers = good, without, only, onStep } = options;
  const chance = makeChance(seed, { without, only });
  const world = makeWorld({ chance, handlers, onStep });
  const scenario = drawScenario(chance).filter(({ name }) => !without?.has(name));
  for (const event of scenario) beginEvent(world, event);
  const lastMs = Math.max(0, ...scenario.map(({ atMs }) => atMs));
  chance.endWhen(() => world.scheduler.now() > startMs + lastMs + troubleMs);
  const rests = await world.scheduler.run(startMs + lastMs + longestMs, () => world.violation() !== undefined);
  const violation = world.violation() ?? atRest(world, rests);
  return {
    runs: scenario.reduce((sum, { actions }) => sum + actions.length, 0),
    ...(violation ? { violation } : {}),
    events: scenario.map(({ name }) => name),
    ...{ mishaps: chance.mishaps, happened: chance.happened, simulatedMs: world.scheduler.now() - startMs },
  };
};

const atRest = (world: World, rests: boolean): Violation | undefined => {
  const { checks, store, timer, watch, configMaps, keptn, images, beyondBounds } = world;
  const isToGo = images.all.every(({ settings }) => settings.WATCH_IDLE_SECONDS !== "always");
  const left = {
    ...{ events: checks.events, jobs: store.list(() => true), timer: timer.exists() },
    watch: isToGo && watch?.exists() === true,
  };
  const found = checkRest({ ...left, configMaps: configMaps.count(), countOf: keptn.shipyard.count, beyondBounds });
  return found ?? (rests ? undefined : { rule: "it does not come to rest", detail: "" });
};
