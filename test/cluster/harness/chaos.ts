// Injects faults while runs are open: killed processes, a Keptn that fails before or after it acts, and a timer that only ticks while it exists.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../../doubles/keptn/faults.ts";
import { sendSweep } from "./adapter.ts";
import type { Random } from "./random.ts";
import type { TestWorld } from "./world.ts";

export interface Chaos {
  readonly kills: number;
  readonly sweeps: number;
  stop(): Promise<void>;
}

/** Every so often, until it is stopped. */
const repeat = (waitMs: () => number, act: () => Promise<void>): (() => Promise<void>) => {
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await sleep(waitMs());
      if (!stopped) await act();
    }
  })();
  return async () => {
    stopped = true;
    await loop;
  };
};

const keptnFaults: readonly Omit<Fault, "times">[] = [
  { on: /^POST v1\/event/, kind: { status: 500 } },
  { on: /^POST v1\/event/, kind: { status: 503 } },
  { on: /^POST v1\/event/, kind: "reset" },
  { on: /^POST v1\/event/, kind: "reset", afterEffect: true },
  { on: /^POST v1\/event/, kind: "hang", afterEffect: true },
  { on: /^GET controlPlane\/v1\/sequence-execution/, kind: { status: 503 } },
  { on: /^GET controlPlane\/v1\/sequence-execution/, kind: "reset" },
  { on: /^GET resource-service/, kind: { status: 500 } },
  { on: /^GET resource-service/, kind: "reset" },
];

export interface ChaosOptions {
  readonly random: Random;
  /** Mean time between two kills, and between two of Keptn's faults; without it Keptn has none. */
  readonly killMs: number;
  readonly faultMs?: number;
  readonly sweepMs: number;
}

export const startChaos = (world: TestWorld, { random, killMs, faultMs, sweepMs }: ChaosOptions): Chaos => {
  const count = { kills: 0, sweeps: 0 };
  const addFault = async (): Promise<void> => {
    world.keptn.clearFaults(); // on a slow machine they would pile up, until no call goes through any more
    world.keptn.fault({ ...random.pick(keptnFaults), times: 1 });
  };
  const stops = [
    repeat(
      () => random.below(2 * killMs),
      async () => {
        count.kills += 1;
        await random.pick([world.startJob, world.finishTask]).crash();
      },
    ),
    ...(faultMs === undefined ? [] : [repeat(() => random.below(2 * faultMs), addFault)]),
    repeat(
      () => sweepMs,
      async () => {
        if (!(await timerExists(world))) return;
        count.sweeps += 1;
        await sendSweep(world.finishTask.url);
      },
    ),
  ];
  return {
    get kills() {
      return count.kills;
    },
    get sweeps() {
      return count.sweeps;
    },
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
};

const timers = (namespace: string) => `/apis/sources.knative.dev/v1/namespaces/${namespace}/pingsources`;

export const timerExists = async ({ namespace }: TestWorld): Promise<boolean> => {
  const path = `${timers(namespace.name)}/job-executor-sweep`;
  const { status } = await namespace.api.call({ method: "GET", path, expected: [404] });
  return status !== 404;
};

/** Whether this cluster knows PingSources: without their CRD there is no timer, and no sweep. */
export const knowsTimers = async ({ namespace }: TestWorld): Promise<boolean> => {
  const { status } = await namespace.api.call({ method: "GET", path: timers(namespace.name), expected: [404] });
  return status !== 404;
};
