// The ports of the real handlers on a simulated world, for one process.

import { emptyLog } from "../../functions/core/log-text.ts";
import { label } from "../../functions/core/marks.ts";
import { stateOf } from "../../functions/core/run-state.ts";
import type { Settings } from "../../functions/core/settings.ts";
import { IoError } from "../../functions/io/io-error.ts";
import type { Keptn } from "../../functions/io/keptn.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import type { Chance } from "./chance.ts";
import type { Checks } from "./checks.ts";
import type { Cluster } from "./cluster.ts";
import type { JobStore } from "./job-store.ts";
import type { SimulatedKeptn } from "./keptn.ts";
import { type Call, callFrom, type Process } from "./process.ts";
import { rates } from "./rates.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimulatedTimer } from "./timer.ts";

export interface World {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly checks: Checks;
  readonly store: JobStore;
  readonly cluster: Cluster;
  readonly keptn: SimulatedKeptn;
  readonly timer: SimulatedTimer;
  readonly settings: Settings;
  readonly configOf: (eventId: string) => string;
  readonly tell: (text: string) => void;
}

export const makePorts = (world: World, process: Process): StartJobPorts => {
  const { chance, scheduler, store, cluster, timer, tell } = world;
  const call = <T>(to: Call<T>["to"], what: string, given: Omit<Call<T>, "to" | "what">): Promise<T> =>
    callFrom(world, process, { to, what, ...given });
  const kubernetes = <T>(what: string, effect: () => T, more: { repeated?: T; never?: true } = {}) =>
    call("kubernetes", what, { effect, ...more });
  return {
    settings: world.settings,
    log: ({ message, level }) => tell(`${process.name}: ${level === "debug" ? "" : message}`),
    newClaimant: () => process.name,
    clock: {
      now: () => new Date(Math.floor(scheduler.now() + process.skewMs)),
      sleep: (milliseconds) =>
        new Promise((resolve) => {
          process.pending++;
          scheduler.after(milliseconds, () => {
            process.pending--;
            if (!process.ended) resolve();
          });
        }),
    },
    note: async () => {},
    jobs: {
      create: (job) =>
        kubernetes(
          `create ${job.metadata?.name?.slice(-3)}`,
          () => {
            refuseSome(chance, process, job.metadata?.name ?? "", world);
            const created = store.create(job);
            tell(`${process.name} creates ${job.metadata?.name?.slice(-7)}: ${created === "exists" ? created : "201"}`);
            return created;
          },
          { repeated: "exists" },
        ),
      listRun: (runId, namespaces) =>
        kubernetes("list run", () =>
          store.list(
            ({ metadata }) => metadata?.labels?.[label.run] === runId && namespaces.includes(metadata.namespace ?? ""),
          ),
        ),
      listOpen: () =>
        kubernetes("list open", () => store.list((job) => stateOf(job) === "waiting" || stateOf(job) === "released")),
      patch: (ref, change) =>
        kubernetes(
          `patch ${ref.name.slice(-3)}`,
          () => {
            const answer = store.patch(ref, change);
            tell(`${process.name} patches ${ref.name.slice(-7)} ${JSON.stringify(change)}: ${answer}`);
            return answer;
          },
          change.expect ? { repeated: "stale" } : {},
        ),
      delete: (ref) =>
        kubernetes(`delete ${ref.name.slice(-3)}`, () => {
          tell(`${process.name} deletes ${ref.name.slice(-7)}`);
          store.delete(ref);
        }),
    },
    pods: {
      list: (ref) => kubernetes("list pods", () => cluster.podsOf(ref)),
      getLog: () => kubernetes("read log", () => emptyLog),
      listWarnings: () => kubernetes("list warnings", () => []),
      listPodWarnings: () => kubernetes("list pod warnings", () => []),
    },
    timer: {
      touch: (now) => kubernetes("touch timer", () => timer.touch(now)),
      read: () => kubernetes("read timer", () => timer.read()),
      remove: (version) => kubernetes("remove timer", () => timer.remove(version)),
    },
    keptn: makeKeptn(world, call),
  };
};

/** A quota that is full for a moment. */
const refuseSome = (chance: Chance, process: Process, name: string, { checks }: World): void => {
  if (!chance.mishap(`${process.name}: quota refuses ${name.slice(-3)}`, rates.quota)) return;
  const event = checks.eventOfRun(name.slice(-32, -4));
  if (event) event.disturbed = true;
  throw new IoError("exceeded quota", { retryable: false, httpStatus: 403 });
};

type Caller = <T>(to: Call<T>["to"], what: string, given: Omit<Call<T>, "to" | "what">) => Promise<T>;

const makeKeptn = ({ keptn, configOf, tell }: World, call: Caller): Keptn => {
  const made: Keptn = {
    getJobConfig: (event) =>
      call("keptn", "get job config", { effect: () => ({ text: configOf(event.id), level: "service" as const }) }),
    send: (event) =>
      call("keptn", `send ${event.type.split(".").at(-1)}`, {
        effect: () => {
          tell(`Keptn takes ${event.type.split(".").at(-1)} from ${event.source}`);
          keptn.take(event);
        },
      }),
    getCount: (event, source) =>
      call("keptn", "get count", {
        effect: () => {
          const count = keptn.countOf(event.id, source);
          tell(`Keptn's count is ${JSON.stringify(count)}`);
          return count;
        },
      }),
    getEvent: async () => undefined,
    isOpen: (event) =>
      call("keptn", "is open", { effect: () => keptn.shipyard.openEvents().some(({ id }) => id === event.id) }),
    logError: async () => {},
    register: async () => {},
    within: () => made,
  };
  return made;
};
