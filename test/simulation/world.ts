// One simulated world: everything around the handlers, put together.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import type { JobConfigFile } from "../../functions/lib/keptn/ports.ts";
import type { WatchSeen } from "../../functions/lib/kubernetes/ports.ts";
import type { Chance } from "./chance.ts";
import { type Checks, makeChecks } from "./checks.ts";
import { type Cluster, makeCluster } from "./cluster.ts";
import { type ConfigMaps, makeConfigMaps } from "./config-maps.ts";
import { type Deliveries, makeDeliveries } from "./deliveries.ts";
import type { Handlers } from "./handlers.ts";
import { drawImages, type Images } from "./images.ts";
import { type JobStore, makeJobStore } from "./job-store.ts";
import { makeSimulatedKeptn, type SimulatedKeptn } from "./keptn.ts";
import { drawNamespaces, type Namespaces } from "./namespaces.ts";
import { drawOutages } from "./outages.ts";
import { deleteByPerson } from "./people.ts";
import type { ProcessPorts } from "./process.ts";
import { bounds } from "./rates.ts";
import { makeScheduler, type Scheduler } from "./scheduler.ts";
import { makeSettle } from "./settle.ts";
import { makeSimulatedTimer, type SimulatedTimer } from "./timer.ts";
import type { Violation } from "./violation.ts";
import { makeSimulatedWatch, type SimulatedWatch } from "./watch.ts";

export interface World extends ProcessPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly store: JobStore;
  readonly cluster: Cluster;
  readonly namespaces: Namespaces;
  readonly configMaps: ConfigMaps;
  readonly keptn: SimulatedKeptn;
  readonly timer: SimulatedTimer;
  /** When start-job touched it. */
  readonly touches: { readonly image: string; readonly atMs: number }[];
  /** Absent: an ApiServerSource that others maintain reports every Job. */
  readonly watch: SimulatedWatch | undefined;
  /** When start-job touched it, and the state it saw. */
  readonly watchTouches: { readonly atMs: number; readonly seen: WatchSeen }[];
  /** What a finish-task process remembers across deliveries. */
  readonly ends: Set<string>;
  /** Whether that process is sweeping. */
  readonly sweeps: { underWay: boolean };
  readonly images: Images;
  readonly deliveries: Deliveries;
  readonly configs: Map<string, JobConfigFile>;
  readonly configOf: (eventId: string) => JobConfigFile | undefined;
  /** The first broken invariant. */
  readonly violation: () => Violation | undefined;
}

export interface WorldOptions {
  readonly chance: Chance;
  readonly handlers: Handlers;
  /** Receives the story, step by step. */
  readonly onStep?: ((text: string) => void) | undefined;
}

export const startMs = Date.parse("2026-01-02T03:04:05Z");

export const makeWorld = ({ chance, handlers, onStep }: WorldOptions): World => {
  let violation: Violation | undefined;
  const broken = (found: Violation): void => {
    violation ??= found;
  };
  const beyondBounds = chance.at("the world").mishap("beyondBounds");
  const images = drawImages(chance);
  const { stir, settle } = makeSettle();
  const scheduler = makeScheduler(startMs, settle);
  const tell = (text: () => string): void =>
    onStep?.(`${((scheduler.now() - startMs) / 1000).toFixed(3).padStart(10)} ${text()}`);
  const newUid = numbered();
  const hasJobs = (runId: string) => world.store.listRun(runId).length > 0;
  const checks = makeChecks({ now: scheduler.now, broken, hasJobs, isCalm: chance.isCalm, beyondBounds });
  const outages = drawOutages({ chance, scheduler, tell, beyondBounds, countedMs: countedBound(images) });
  const keptn = makeSimulatedKeptn({ chance, scheduler, checks, outages, newUid, tell });
  const configs = new Map<string, JobConfigFile>();
  const begun: Begun = {
    ...{
      chance,
      scheduler,
      checks,
      keptn,
      images,
      configs,
      tell,
      stir,
      beyondBounds,
      touches: [],
      watchTouches: [],
      ends: new Set(),
      sweeps: { underWay: false },
    },
    watchTouches: [],
    isAway: outages.isAway,
    configOf: (id: string) => configs.get(id),
    violation: () => violation,
  };
  const world: World = Object.assign(begun, addKubernetes(begun, { newUid, handlers, broken }));
  return world;
};

type Begun = Omit<World, "store" | "cluster" | "namespaces" | "configMaps" | "timer" | "watch" | "deliveries">;

const addKubernetes = (
  begun: Begun,
  given: {
    readonly newUid: () => string;
    readonly handlers: Handlers;
    readonly broken: (violation: Violation) => void;
  },
) => {
  const { scheduler, checks, chance, images, tell } = begun;
  const deliveries: Deliveries = makeDeliveries(begun as World, given);
  const isOpenNow = () => store.list(() => true);
  const timer = makeSimulatedTimer({
    ...{ chance, scheduler, tell, onPing: deliveries.ping },
    onRemove: () => {
      checks.jobsAndTimer(isOpenNow(), false);
      checks.watchAndTimer(watch?.exists() === true && isToGo, false);
    },
  });
  const isToGo = images.all.every(({ settings }) => settings.WATCH_IDLE_SECONDS !== "always");
  const watch = chance.at("the world").mishap("watchOfOthers")
    ? undefined
    : makeSimulatedWatch({
        ...{ chance, scheduler, tell },
        onCreate: () => checks.watchAndTimer(isToGo, timer.exists()),
        onRemove: checks.watchRemoved,
      });
  const onChange = (before: Job | undefined, after: Job | undefined): void => {
    if (!before && after) {
      checks.jobsAndTimer([after], timer.exists());
      const { [label.run]: run = "", [label.eventId]: event } = after.metadata?.labels ?? {};
      const isOfEvent = ({ metadata }: Job) => metadata?.labels?.[label.eventId] === event;
      checks.created(after, store.listRun(run).length === 1, () => store.list(isOfEvent).length === 1);
    }
    if (!after && before) configMaps.collect(before);
    deliveries.jobChange(before, after);
    if (after) cluster.see(after);
  };
  const store = makeJobStore({ now: () => new Date(scheduler.now()), newUid: given.newUid, onChange });
  const isThere = (uid: string) => store.list(({ metadata }) => metadata?.uid === uid).length > 0;
  const configMaps = makeConfigMaps({ scheduler, isThere });
  const cluster = makeCluster({ chance, scheduler, checks, store: () => store, configMaps, tell });
  const jobsIn = (namespace: string) => store.list(({ metadata }) => metadata?.namespace === namespace);
  const namespaces = drawNamespaces({
    ...{ chance, scheduler, tell },
    onDelete: (namespace) => {
      for (const job of jobsIn(namespace)) deleteByPerson(begun as World, job);
    },
    onReturn: (namespace) => {
      if (namespace === "others") checks.closed(store.list((job) => stateOf(job) !== "reported"));
    },
  });
  return { deliveries, timer, watch, store, configMaps, cluster, namespaces };
};

const numbered = () => {
  let uids = 0;
  return (): string => `00000000-0000-4000-8000-${String(++uids).padStart(12, "0")}`;
};

/** See {@link bounds}. */
const countedBound = ({ all }: Images): number =>
  (Math.min(...all.map(({ settings }) => settings.CLAIM_LEASE_SECONDS)) * 1000) / 3 - bounds.countedEarlierMs;
