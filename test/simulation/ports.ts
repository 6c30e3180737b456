// The ports of the real handlers in a simulated world, for one process.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { ConfigMap } from "../../functions/lib/core/kubernetes.ts";
import { runScopeOf } from "../../functions/lib/core/run/run-scope.ts";
import type { WatchSeen } from "../../functions/lib/kubernetes/ports.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { reading, tail, writing } from "./calls.ts";
import { ownerOf } from "./config-maps.ts";
import { makeJobs, makePods } from "./job-ports.ts";
import { makeKeptnFiles, makeKeptnPort } from "./keptn-port.ts";
import { type Call, callFrom, type Process, sleepIn } from "./process.ts";
import type { SimulatedWatch } from "./watch.ts";
import type { World } from "./world.ts";

export type Caller = <T>(call: Call<T>) => Promise<T>;

export const makePorts = (world: World, process: Process): StartJobPorts => {
  const { chance, scheduler, timer, watch, configMaps, checks, tell } = world;
  const runOf = ({ metadata }: ConfigMap) => metadata?.labels?.[label.run] ?? "";
  const call: Caller = (given) => callFrom(world, process, given);
  let claimants = 0;
  return {
    settings: process.image.settings,
    log: ({ message, level }) => {
      if (!message.includes(": ")) chance.note(`log: ${message}`);
      if (level !== "debug") tell(() => `${process.name}: ${message}`);
    },
    newHolderIdentity: () => `${process.name}/${++claimants}`,
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
    files: { connect: () => makeKeptnFiles(call) },
    snapshots: {
      create: (map) =>
        call({
          ...writing("create ConfigMap"),
          ...{ about: tail(map.metadata?.name), foundDone: "exists" as const },
          onForbidden: () => checks.disturb(runOf(map)),
          effect: () => configMaps.create(map),
        }),
      isThere: (map) =>
        call({
          ...reading("get ConfigMap"),
          onForbidden: () => checks.disturb(runOf(map)),
          about: tail(map.metadata?.name),
          effect: () => {
            const isThere = configMaps.isThere(map);
            if (isThere) process.found.add(ownerOf(map) ?? "");
            return isThere;
          },
        }),
    },
  };
};

/** Another delivery in the same process, and so with the same image, may have touched it a few seconds ago: see throttle-touch.ts. */
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

/** Likewise: what the earlier delivery saw may be outdated. */
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
