// How events reach the functions: a Broker that retries, an ApiServerSource that never replays, a PingSource that fires once.
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { stateOf } from "../../functions/lib/core/run/run-state.ts";
import { type DeliveryResult, runAfter, toDeliveryResult } from "../../functions/lib/host/delivery-result.ts";
import { makeAdapter } from "./adapter.ts";
import { skewed } from "./chance.ts";
import type { Handlers } from "./handlers.ts";
import { makePorts } from "./ports.ts";
import type { Process } from "./process.ts";
import { bounds } from "./rates.ts";
import type { Violation } from "./violation.ts";
import type { World } from "./world.ts";

export interface Deliveries {
  /** From the Broker keptn: retried for two minutes, then lost. */
  startEvent(name: string, event: object, on: StartEventHooks): void;
  /** From the ApiServerSource, if it exists and selects the Job. */
  jobChange(before: Job | undefined, after: Job | undefined): void;
  ping(number: number): void;
}

export interface StartEventHooks {
  /** start-job responded with 204, and the reason. */
  readonly onAccepted: (why: string) => void;
  readonly onForbidden: (operation: string) => void;
}

export interface DeliveryPorts {
  readonly handlers: Handlers;
  readonly broken: (violation: Violation) => void;
}

interface Delivery extends Partial<StartEventHooks> {
  /** The Job whose change it is. */
  readonly job?: Job | undefined;
  readonly name: string;
  readonly program: keyof Handlers;
  readonly event: unknown;
  /** Number of retries, as in manifests/base/triggers.yaml. */
  readonly repeats: number;
}

/** `timeout` of both Triggers. */
const brokerWaitsMs = 120_000;

export const makeDeliveries = (world: World, { handlers, broken }: DeliveryPorts): Deliveries => {
  let changes = 0;
  const adapter = makeAdapter({ ...world, isListing: () => world.watch?.isListing() ?? true });

  /** Its ports are assembled when an event arrives: only then is the world complete. */
  const run = (
    name: string,
    { program, event, job, onForbidden = () => {} }: Delivery,
    onAnswer: (answer?: DeliveryResult) => void,
  ): void => {
    const { chance, images, tell, stir } = world;
    const image = images.of(name);
    const skewMs = (chance.at(name).roll("skew") - 0.5) * 2 * bounds.skewMs;
    const ends = chance.at(name).roll("remembers ends") < 0.5 ? world.ends : new Set<string>();
    // In some worlds one process handles all sweeps: only there does it matter what it remembers of them.
    const sweeps = chance.at("the world").roll("one process sweeps") < 0.4 ? world.sweeps : { underWay: false };
    const process: Process = {
      name,
      image,
      skewMs,
      looked: new Map(),
      found: new Set(),
      pending: 0,
      calls: 0,
      ended: false,
      onCrash: () => {
        ends.clear();
        sweeps.underWay = false;
        onAnswer();
      },
      onForbidden,
    };
    const ports = makePorts(world, process);
    stir(process);
    const respondEarly = (answer: DeliveryResult): void => {
      tell(() => `${name} answers ${answer.statusCode} early: ${answer.why}`);
      onAnswer(answer);
    };
    const log: typeof ports.log = (line) => {
      if (line.message === "internal error (a bug)") broken({ rule: "a bug", detail: name });
      ports.log(line);
    };
    void toDeliveryResult(log, () => handlers[program](ports, ends, sweeps)(event, respondEarly)).then(
      async (answer) => {
        if (process.ended) return;
        if (job && process.calls > 0) world.checks.looked(job);
        tell(() => `${name} answers ${answer.statusCode}: ${answer.why}`);
        onAnswer(answer);
        await runAfter(log, answer);
        process.ended = true;
      },
    );
  };

  const deliver = (delivery: Delivery, attempt = 0): void => {
    const { chance, scheduler, tell } = world;
    const name = `${delivery.name}${attempt > 0 ? ` again-${attempt}` : ""}`;
    let waits = true;
    const heard = (answer?: DeliveryResult): void => {
      if (!waits) return;
      waits = false;
      if (answer && answer.statusCode < 500) delivery.onAccepted?.(answer.why);
      else if (attempt >= delivery.repeats) chance.note("a delivery that was given up");
      else if (!chance.at(name).mishap("brokerForgets", delivery.program))
        scheduler.after(500 * 2 ** attempt, () => deliver(delivery, attempt + 1));
    };
    tell(() => `${delivery.program} gets ${name}`);
    run(name, delivery, heard);
    scheduler.after(brokerWaitsMs, () => {
      if (!waits) return;
      chance.note("a delivery that took too long");
      tell(() => `the Broker waits no longer for ${name}`);
      heard();
    });
  };

  const startEvent: Deliveries["startEvent"] = (name, event, on) => {
    const { chance, scheduler } = world;
    const spot = chance.at(name);
    const given = { program: "start-job", event, repeats: 8, ...on } as const;
    const send = (suffix: string, afterMs: number) =>
      scheduler.after(afterMs, () => deliver({ ...given, name: `${name}${suffix}` }));
    if (!spot.mishap("startEventLost")) send("", 10 + skewed(spot.roll("comes"), 0, 5000));
    if (spot.mishap("startEventDoubled")) send(" twice", skewed(spot.roll("twice"), 1, 60_000));
    if (spot.mishap("startEventAgainLate")) send(" late", spot.roll("late") * 4 * 3_600_000);
  };

  const jobChange: Deliveries["jobChange"] = (before, after) => {
    const [was, is] = [before && stateOf(before) === "released", after && stateOf(after) === "released"];
    // The Trigger filters `add` out.
    if (!was) return;
    const { chance, scheduler } = world;
    const name = `change-${++changes}`;
    const spot = chance.at(name);
    const type = `dev.knative.apiserver.resource.${is ? "update" : "delete"}`;
    const event = { type, data: { kind: "Job", ...(is ? after : before) } };
    const copies = adapter.copies();
    if (copies === 0 || spot.mishap("changeLost")) return;
    const lateMs = spot.mishap("changeLate") ? 600_000 : 500;
    const afterMs = skewed(spot.roll("comes"), 1, lateMs);
    const given = { program: "finish-task", event, job: before, repeats: 5 } as const;
    scheduler.after(afterMs, () => deliver({ ...given, name }));
    if (copies === 1 && !spot.mishap("changeDoubled")) return;
    scheduler.after(afterMs + spot.roll("twice") * 2000, () => deliver({ ...given, name: `${name} twice` }));
  };

  const ping: Deliveries["ping"] = (number) => {
    const { chance, scheduler } = world;
    const name = `sweep-${number}`;
    const spot = chance.at(name);
    if (spot.mishap("pingLost")) return;
    const event = { type: "dev.knative.sources.ping", data: { action: "sweep" } };
    const given = { program: "finish-task", event, repeats: 0 } as const;
    deliver({ ...given, name });
    if (!spot.mishap("pingDoubled")) return;
    scheduler.after(spot.roll("twice") * 3000, () => deliver({ ...given, name: `${name} twice` }));
  };

  return { startEvent, jobChange, ping };
};
