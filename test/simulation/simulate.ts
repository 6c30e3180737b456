// One simulated world from its seed to its end: real handlers, everything else of chance.
import { makeChance } from "./chance.ts";
import { checkRest } from "./end-checks.ts";
import type { EventFacts, RunFacts } from "./facts.ts";
import { newLife } from "./facts.ts";
import { type Handlers, loadHandlers } from "./handlers.ts";
import { disturb } from "./people.ts";
import { configOf, drawScenario, runsOf, type ScenarioEvent } from "./scenario.ts";
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
  /** Handlers with a mistake in them. */
  readonly handlers?: Handlers;
  /** Mishaps and events to leave out. */
  readonly without?: ReadonlySet<string>;
  /** Gets the story, step by step. */
  readonly onStep?: (text: string) => void;
}

/** After the last event: longer than any event is late, any TTL, and any outage. */
const longestMs = 16 * 3_600_000;

const good = await loadHandlers();

export const simulate = async (seed: number, options: SimulateOptions = {}): Promise<Outcome> => {
  const { handlers = good, without, onStep } = options;
  const chance = makeChance(seed, without);
  const world = makeWorld({ chance, handlers, onStep });
  const scenario = drawScenario(chance).filter(({ name }) => !without?.has(name));
  for (const event of scenario) begin(world, event);
  const lastMs = Math.max(0, ...scenario.map(({ atMs }) => atMs));
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

const begin = (world: World, event: ScenarioEvent): void => {
  const { chance, scheduler, keptn, checks, configs, deliveries, tell } = world;
  const { name, counted } = event;
  const spot = chance.at(name);
  scheduler.after(event.atMs, () => {
    const listensAfterMs = spot.mishap("startedTooEarly") ? spot.roll("listens") * 2000 : 0;
    const triggered = keptn.trigger(name, { counted, listensAfterMs });
    const facts = factsOf(event, triggered.id, scheduler.now());
    checks.know(facts);
    configs.set(triggered.id, configOf(event));
    tell(() => `Keptn triggers ${name}: ${describeActions(event)}`);
    const thin = spot.mishap("startEventThin");
    const { id, type, source } = triggered;
    deliveries.startEvent(name, thin ? { id, type, source, data: { project: "p" } } : triggered, {
      onAccepted: (why) => {
        // VERIFY_EVENTS: it was answered before it came again, perhaps for what its silent action left undone.
        if (!why.includes("no open event")) facts.acceptedMs ??= scheduler.now();
      },
      onForbidden: (operation) => {
        facts.disturbed = true;
        const noJobs = () => facts.runs.every(({ id }) => world.store.listRun(id).length === 0);
        facts.jobless ||= beforeJobs.has(operation) || (operation === "get count" && noJobs());
        // Nobody knows then whose event it is.
        if (["get job config", "get event", "is open"].includes(operation)) facts.refused = true;
      },
    });
    disturb(world, facts, triggered);
  });
};

/** What start-job does before there are Jobs. */
const beforeJobs = new Set(["list files", "open file", "touch timer", "create Job", "list run"]);

const describeActions = ({ actions }: ScenarioEvent): string =>
  actions.map(({ fates, silent }) => `${fates.length} ${silent ? "silent " : ""}tasks`).join(" and ");

const factsOf = (event: ScenarioEvent, eventId: string, triggeredMs: number): EventFacts => {
  const { name, counted, broken } = event;
  const runs: RunFacts[] = [];
  const facts: EventFacts = {
    ...{ name, eventId, counted, broken, triggeredMs, runs },
    ...{ aborted: false, disturbed: broken, refused: false, jobless: broken },
  };
  const first = event.actions.findIndex(({ silent }) => !silent);
  for (const [id, action] of runsOf(event, eventId)) {
    const source = runs.length === first ? "job-executor-service" : `job-executor-service#${runs.length + 1}`;
    const none = { started: 0, startedCounted: 0, finished: 0, looks: 0, passed: false, vanished: false };
    runs.push({ id, event: facts, action, source, life: newLife(1), ...none });
  }
  return facts;
};
