// The ports of the real handlers on a simulated world, for one process.
import type { Job } from "../../functions/core/kubernetes.ts";
import { emptyLog } from "../../functions/core/log-text.ts";
import { annotation, label } from "../../functions/core/marks.ts";
import { addNamespaces, partsOfScopes, type RunScope, runScopeOf } from "../../functions/core/run-scope.ts";
import { stateOf } from "../../functions/core/run-state.ts";
import type { IoError } from "../../functions/io/io-error.ts";
import type { OpenRuns, WatchSeen } from "../../functions/io/kubernetes/ports.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { makeKeptnFiles, makeKeptnPort } from "./keptn-port.ts";
import { type Call, callFrom, type Process, sleepIn } from "./process.ts";
import { renderChange } from "./render-change.ts";
import type { SimulatedWatch } from "./watch.ts";
import type { World } from "./world.ts";

export type Caller = <T>(call: Call<T>) => Promise<T>;

export const makePorts = (world: World, process: Process): StartJobPorts => {
  const { chance, scheduler, timer, watch, configMaps, tell } = world;
  const call: Caller = (given) => callFrom(world, process, given);
  let claimants = 0;
  return {
    settings: process.image.settings,
    log: ({ message, level }) => {
      if (!message.includes(": ")) chance.note(`log: ${message}`);
      if (level !== "debug") tell(() => `${process.name}: ${message}`);
    },
    newClaimant: () => `${process.name}/${++claimants}`,
    clock: {
      now: () => new Date(Math.floor(scheduler.now() + process.skewMs)),
      sleep: (milliseconds) => sleepIn(world, process, milliseconds),
    },
    note: () => call({ ...writing("note"), effect: () => {}, quiet: { answer: undefined } }),
    jobs: makeJobs(world, process, call),
    pods: makePods(world, call),
    timer: {
      touch: (now) => touch(world, process, { now, call }),
      read: () => call({ ...reading("read timer"), effect: () => timer.read() }),
      remove: (version) => call({ ...writing("remove timer"), effect: () => timer.remove(version) }),
    },
    ...(watch
      ? {
          watch: {
            touch: (now) => touchWatch(world, watch, { name: process.name, now, call }),
            read: () => call({ ...reading("read watch"), effect: () => watch.read() }),
            renew: (now, version) => call({ ...writing("renew watch"), effect: () => watch.renew(now, version) }),
            remove: (version) =>
              call({ ...writing("remove watch"), effect: () => watch.remove(version), foundDone: "stale" as const }),
            rehearse: async () => {},
          },
        }
      : {}),
    keptn: makeKeptnPort(world, process, call),
    files: {
      connect: () => makeKeptnFiles(call),
      snapshots: {
        create: (map) =>
          call({
            ...writing("create ConfigMap"),
            ...{ about: tail(map.metadata?.name), foundDone: "exists" as const },
            effect: () => configMaps.create(map),
          }),
      },
    },
  };
};

/** Another delivery of the same process, and so of the same image, may have touched it a few seconds ago: see touch-sparingly.ts. */
const touch = async (
  { chance, scheduler, timer, touches }: World,
  process: Process,
  { now, call }: { now: Date; call: Caller },
): Promise<Date> => {
  const ofImage = touches.filter(({ image }) => image === process.image.name);
  const known = ofImage.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  const spot = chance.at(`${process.name} touches`);
  if (scheduler.now() - known <= 5000 && spot.roll("remembers") < 0.5) {
    chance.note("a touch that holds for another event");
    return new Date(Math.floor(known + process.skewMs));
  }
  const touchedMs = scheduler.now();
  await call({ ...writing("touch timer"), effect: () => timer.touch(now, runScopeOf(process.image.settings)) });
  touches.push({ image: process.image.name, atMs: touchedMs });
  return now;
};

/** Likewise: what the earlier one saw may not be so any more. */
const touchWatch = async (
  { chance, scheduler, watchTouches }: World,
  watch: SimulatedWatch,
  { name, now, call }: { readonly name: string; readonly now: Date; readonly call: Caller },
): Promise<WatchSeen> => {
  const known = watchTouches.at(-1);
  if (known && scheduler.now() - known.atMs <= 5000 && chance.at(`${name} touches`).roll("remembers the watch") < 0.5)
    return known.seen;
  const atMs = scheduler.now();
  const seen = await call({ ...writing("touch watch"), effect: () => watch.touch(now) });
  watchTouches.push({ atMs, seen });
  return seen;
};

const writing = (operation: string) => ({ to: "kubernetes", does: "writes", operation }) as const;
const reading = (operation: string) => ({ to: "kubernetes", does: "reads", operation }) as const;

/** `003` of a Job, or with its run's number. */
const tail = (name: string | undefined): string => name?.replace(/-files$/, "").slice(-7) ?? "";

/** Namespace by namespace, as open-runs.ts does. */
const listOpen = ({ store, namespaces }: World, scopes: readonly RunScope[]): OpenRuns => {
  const [runs, unread] = [new Map<string, Set<string>>(), new Map<string, OpenRuns["unread"][number]>()];
  for (const { managedBy, namespace } of partsOfScopes(scopes)) {
    try {
      namespaces.use(namespace);
    } catch (fault) {
      unread.set(namespace, { namespace, fault: fault as IoError });
      continue;
    }
    const isWanted = (job: Job) =>
      job.metadata?.namespace === namespace &&
      job.metadata.labels?.[label.managedBy] === managedBy &&
      (stateOf(job) === "waiting" || stateOf(job) === "released");
    addNamespaces(runs, store.list(isWanted));
  }
  return { runs, unread: [...unread.values()] };
};

const makeJobs = (world: World, process: Process, call: Caller): StartJobPorts["jobs"] => {
  const { store, namespaces, cluster, checks, tell } = world;
  const who = process.name;
  /** Of a run in two namespaces each is listed by itself. */
  const see = (runId: string, jobs: readonly Job[]): void => {
    if (process.looked.get(runId) !== "some") process.looked.set(runId, jobs.length > 0 ? "some" : "none");
  };
  return {
    create: (job) =>
      call<Job | "exists">({
        ...writing("create Job"),
        ...{ about: tail(job.metadata?.name), foundDone: "exists" },
        effect: () => {
          namespaces.create(job.metadata?.namespace ?? "");
          const created = store.create(job);
          see(job.metadata?.labels?.[label.run] ?? "", [job]);
          tell(() => `${who} creates Job ${tail(job.metadata?.name)}${created === "exists" ? ": it is there" : ""}`);
          return created;
        },
      }),
    listRun: (runId, within) =>
      call({
        ...reading("list run"),
        // A sibling that nobody may look at, and that Keptn has not heard of, is answered for as errored after a while.
        onForbidden: () => checks.disturb(runId),
        effect: () => {
          for (const one of within) namespaces.use(one);
          const listed = store.listRun(runId, within);
          see(runId, listed);
          return listed;
        },
      }),
    listEvent: (eventId, within) =>
      call({
        ...reading("list event"),
        effect: () => {
          for (const one of within) namespaces.use(one);
          const listed = store.listEvent(eventId, within);
          for (const { id } of checks.eventOf(eventId)?.plans.flat() ?? [])
            see(
              id,
              listed.filter(({ metadata }) => metadata?.labels?.[label.run] === id),
            );
          return listed;
        },
      }),
    listOpen: (scopes) => call({ ...reading("list open"), effect: () => listOpen(world, scopes) }),
    patch: (ref, change) =>
      call({
        ...writing("patch"),
        about: tail(ref.name),
        effect: () => {
          namespaces.use(ref.namespace);
          const before = store.find(ref);
          const answer = store.patch(ref, change);
          const end = answer === "done" ? change.annotations?.[annotation.end] : undefined;
          if (before && end?.includes('"kind":"incomplete"')) checks.incomplete(before);
          if (before && !store.find(ref)) checks.gone(before, { alone: false, by: "us" });
          tell(
            () => `${who} patches ${tail(ref.name)}: ${renderChange(change)}${answer === "done" ? "" : `: ${answer}`}`,
          );
          return answer;
        },
        ...(change.expect ? { foundDone: "stale" } : {}),
      }),
    delete: (ref) =>
      call({
        ...writing("delete"),
        about: tail(ref.name),
        effect: () => {
          namespaces.use(ref.namespace);
          tell(() => `${who} deletes ${tail(ref.name)}`);
          store.delete(ref);
          cluster.stop(ref); // in the foreground
        },
      }),
  };
};

const makePods = ({ cluster, namespaces, store, checks }: World, call: Caller): StartJobPorts["pods"] => ({
  list: (ref) =>
    call({
      ...reading("list pods"),
      // The run is reported by what its Jobs say: behind a sidecar that is not all.
      onForbidden: () => {
        const job = store.find(ref);
        const run = job && checks.runOf(job);
        if (run) run.event.disturbed = true;
      },
      effect: () => {
        namespaces.use(ref.namespace);
        return cluster.podsOf(ref);
      },
    }),
  getLog: () => call({ ...reading("read log"), effect: () => emptyLog }),
  listWarnings: (ref) => call({ ...reading("list warnings"), effect: () => cluster.warningsOf(ref) }),
  listPodWarnings: () => call({ ...reading("list pod warnings"), effect: () => [] }),
});
