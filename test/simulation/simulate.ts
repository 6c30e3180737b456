// One simulated world from its seed to its end: real handlers, everything else of chance.
import { setImmediate } from "node:timers/promises";
import { parseSettings, type Settings } from "../../functions/core/settings.ts";
import { makeChance, skewed } from "./chance.ts";
import { type Known, makeChecks, Violation } from "./checks.ts";
import { makeCluster } from "./cluster.ts";
import { type DeliveryOptions, makeDeliveries } from "./deliveries.ts";
import { type JobStore, makeJobStore } from "./job-store.ts";
import { makeSimulatedKeptn } from "./keptn.ts";
import type { World } from "./ports.ts";
import { rates } from "./rates.ts";
import { configOf, drawScenario, runsOf, type ScenarioEvent } from "./scenario.ts";
import { makeScheduler } from "./scheduler.ts";
import { makeSimulatedTimer } from "./timer.ts";

export interface Outcome {
  readonly runs: number;
  readonly violation?: Violation;
  readonly mishaps: readonly string[];
}

export interface SimulateOptions extends Omit<DeliveryOptions, "onBug"> {
  /** Mishaps to leave out. */
  readonly without?: ReadonlySet<string>;
  /** Gets the story, step by step. */
  readonly onStep?: (text: string) => void;
}

const startMs = Date.parse("2026-01-02T03:04:05Z");
const longestMs = 12 * 3_600_000;

const settings: Settings = (() => {
  const parsed = parseSettings({ KEPTN_API_ENDPOINT: "http://keptn.example/api", JOB_NAMESPACE: "jobs" });
  if ("problems" in parsed) throw new Error("the defaults are wrong");
  return parsed.settings;
})();

export const simulate = async (seed: number, options: SimulateOptions = {}): Promise<Outcome> => {
  const chance = makeChance(seed, options.without);
  const { world, deliveries, bug } = makeWorld(chance, options);
  const scenario = drawScenario(chance);
  for (const event of scenario.events) begin(world, event, deliveries);
  const runs = scenario.events.reduce((sum, { actions }) => sum + actions.length, 0);
  try {
    const rests = await world.scheduler.run(startMs + longestMs);
    if (bug()) throw bug();
    if (!rests && !world.timer.exists()) throw new Violation("it does not come to rest", "");
    world.checks.atEnd(
      world.store.list(() => true),
      world.timer.exists(),
      world.keptn.shipyard.count,
    );
    return { runs, mishaps: chance.mishaps };
  } catch (fault) {
    if (!(fault instanceof Violation)) throw fault;
    return { runs, violation: fault, mishaps: chance.mishaps };
  }
};

const makeWorld = (chance: World["chance"], options: SimulateOptions) => {
  let bug: Violation | undefined;
  let uids = 0;
  let world: World | undefined;
  let store: JobStore | undefined;
  const newUid = (): string => `00000000-0000-4000-8000-${String(++uids).padStart(12, "0")}`;
  const deliveries = makeDeliveries(() => world!, { ...options, onBug: (violation) => (bug ??= violation) });
  const scheduler = makeScheduler(startMs, async () => {
    if (bug) throw bug;
    if (deliveries.live.size === 0) return;
    do await setImmediate();
    while ([...deliveries.live].some(({ pending, ended }) => pending === 0 && !ended));
  });
  const tell = (text: string): void =>
    options.onStep?.(`${((scheduler.now() - startMs) / 1000).toFixed(3).padStart(10)} ${text}`);
  const checks = makeChecks();
  const cluster = makeCluster({ chance, scheduler, checks, store: () => store!, tell });
  const open = () => store!.list(() => true);
  const timer = makeSimulatedTimer({
    ...{ scheduler, tell, onPing: deliveries.ping },
    onRemove: () => checks.jobsAndTimer(open, false),
  });
  store = makeJobStore({
    ...{ now: () => new Date(scheduler.now()), newUid },
    onChange: (before, after) => {
      if (!before) checks.jobsAndTimer(open, timer.exists());
      if (!before && after) noteCreated(checks.eventOfRun, after.metadata?.labels?.["keptn.sh/jes-run"] ?? "");
      deliveries.jobChange(before, after);
      if (after) cluster.see(after);
    },
  });
  const keptn = makeSimulatedKeptn({ chance, scheduler, checks, newUid, tell });
  const configs = new Map<string, string>();
  const made = { chance, scheduler, checks, store, cluster, keptn, timer, settings, tell };
  world = { ...made, configOf: (id) => configs.get(id) ?? "" };
  return { world: Object.assign(world, { configs }), deliveries, bug: () => bug };
};

const noteCreated = (eventOfRun: (runId: string) => Known | undefined, runId: string): void => {
  const event = eventOfRun(runId);
  if (event) event.created = true;
};

const begin = (
  world: World & { readonly configs: Map<string, string> },
  event: ScenarioEvent,
  deliveries: ReturnType<typeof makeDeliveries>,
): void => {
  const { chance, scheduler, keptn, checks, configs, tell } = world;
  scheduler.after(event.atMs, () => {
    const early = chance.mishap(`${event.name} is out before Keptn listens`, rates.startedTooEarly);
    const listensAfterMs = early ? chance.roll(`${event.name} listens`) * 2000 : 0;
    const triggered = keptn.trigger(event.name, { counted: event.counted, listensAfterMs });
    const runs = event.broken ? new Map() : runsOf(event, triggered.id);
    const known: Known = {
      ...{ name: event.name, eventId: triggered.id, counted: event.counted, runs: runsOf(event, triggered.id) },
      ...{ accepted: false, created: false, disturbed: event.broken },
    };
    checks.know(known);
    configs.set(triggered.id, configOf(event));
    tell(`Keptn triggers ${event.name}: ${event.actions.map(({ fates }) => fates.length).join(" and ")} tasks`);
    const onAccepted = () => {
      known.accepted = true;
    };
    deliveries.startEvent(event.name, triggered, onAccepted);
    disturb(world, known, [...runs.keys()]);
    if (!chance.mishap(`${event.name} is aborted`, rates.aborted)) return;
    scheduler.after(skewed(chance.roll(`${event.name} aborted`), 0, 120_000), () => {
      known.disturbed = true;
      tell(`somebody aborts the sequence of ${event.name}`);
      keptn.abort(triggered);
    });
  });
};

/** Somebody deletes Jobs, or removes them with their finalizers. */
const disturb = ({ chance, scheduler, store, tell }: World, known: Known, runIds: readonly string[]): void => {
  const remove = (name: string, how: "delete" | "removeByForce"): void =>
    scheduler.after(skewed(chance.roll(`${name} when`), 0, 120_000), () => {
      const jobs = store.list(({ metadata }) => runIds.includes(metadata?.labels?.["keptn.sh/jes-run"] ?? ""));
      const job = jobs[Math.floor(chance.roll(`${name} which`) * jobs.length)];
      // Of a run of one Job that is removed with its finalizer nothing is left that could be reported.
      const run = job?.metadata?.labels?.["keptn.sh/jes-run"] ?? "";
      if (!job || (how === "removeByForce" && known.runs.get(run)?.fates.length === 1)) return;
      known.disturbed = true;
      tell(`somebody ${how === "delete" ? "deletes" : "removes by force"} ${job.metadata?.name?.slice(-7)}`);
      const { namespace = "", name: jobName = "", uid = "" } = job.metadata ?? {};
      store[how]({ namespace, name: jobName, uid });
    });
  const first = `a Job of ${known.name} is deleted`;
  if (chance.mishap(first, rates.jobDeleted)) remove(first, "delete");
  const second = `a Job of ${known.name} is removed by force`;
  if (chance.mishap(second, rates.jobRemovedByForce)) remove(second, "removeByForce");
};
