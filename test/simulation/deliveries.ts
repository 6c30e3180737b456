// How events reach the functions: a Broker that repeats, an ApiServerSource that never replays, a PingSource that fires once.
import { type Answer, answerFor } from "../../functions/chain/answer.ts";
import type { Job } from "../../functions/core/kubernetes.ts";
import { stateOf } from "../../functions/core/run-state.ts";
import type { StartJobPorts } from "../../functions/start-job/handler.ts";
import { skewed } from "./chance.ts";
import { Violation } from "./checks.ts";
import { finishTask, startJob } from "./handlers.ts";
import { makePorts, type World } from "./ports.ts";
import type { Process } from "./process.ts";
import { bounds, rates } from "./rates.ts";

export interface Deliveries {
  /** From the Broker keptn: repeated for three and a half minutes, then lost */
  startEvent(name: string, event: unknown, onAccepted: () => void): void;
  /** From the ApiServerSource, if it selects the Job, and is there. */
  jobChange(before: Job | undefined, after: Job | undefined): void;
  ping(number: number): void;
  readonly live: ReadonlySet<Process>;
}

export interface DeliveryOptions {
  /** Puts a mistake between a handler and its ports. */
  readonly mistake?: (ports: StartJobPorts, world: World) => StartJobPorts;
  readonly noSweep?: boolean;
  /** Told of a bug: it ends the simulation. */
  readonly onBug: (violation: Violation) => void;
}

interface Delivery {
  readonly name: string;
  readonly program: "start-job" | "finish-task";
  readonly event: unknown;
  /** How often it is repeated. */
  readonly repeats: number;
  readonly onAccepted?: () => void;
}

export const makeDeliveries = (world: () => World, options: DeliveryOptions): Deliveries => {
  const live = new Set<Process>();
  let changes = 0;

  const run = (name: string, { program, event }: Delivery, onAnswer: (answer?: Answer) => void): void => {
    const { chance, tell } = world();
    const skewMs = (chance.roll(`${name} skew`) - 0.5) * 2 * bounds.skewMs;
    const end = (answer?: Answer): void => {
      process.ended = true;
      live.delete(process);
      onAnswer(answer);
    };
    const process: Process = { name, skewMs, pending: 0, calls: 0, ended: false, onCrash: end };
    live.add(process);
    const ports = makePorts(world(), process);
    const mistaken = options.mistake ? options.mistake(ports, world()) : ports;
    const handler = program === "start-job" ? startJob(mistaken) : finishTask(mistaken);
    answerFor(mistaken.log, () => handler(event)).then((answer) => {
      if (process.ended) return;
      tell(`${name} answers ${answer.statusCode}: ${answer.why}`);
      if (answer.statusCode === 500) options.onBug(new Violation("a bug", name));
      end(answer);
    });
  };

  const deliver = (delivery: Delivery, attempt = 0): void => {
    const { scheduler } = world();
    run(`${delivery.name}${attempt > 0 ? ` again-${attempt}` : ""}`, delivery, (answer) => {
      if (answer && answer.statusCode < 500) return delivery.onAccepted?.();
      if (attempt < delivery.repeats) scheduler.after(200 * 2 ** attempt, () => deliver(delivery, attempt + 1));
    });
  };

  return {
    live,
    startEvent: (name, event, onAccepted) => {
      const { chance, scheduler } = world();
      const send = (suffix: string, afterMs: number) =>
        scheduler.after(afterMs, () =>
          deliver({ name: `${name}${suffix}`, program: "start-job", event, repeats: 10, onAccepted }),
        );
      if (!chance.mishap(`${name} is lost`, rates.startEventLost)) send("", 10 * chance.roll(`${name} comes`));
      if (chance.mishap(`${name} comes twice`, rates.startEventDoubled))
        send(" twice", skewed(chance.roll(`${name} twice`), 1, 60_000));
      if (chance.mishap(`${name} comes late again`, rates.startEventAgainLate))
        send(" late", chance.roll(`${name} late`) * 4 * 3_600_000);
    },
    jobChange: (before, after) => {
      const [was, is] = [before && stateOf(before) === "released", after && stateOf(after) === "released"];
      if (!was && !is) return;
      const { chance, scheduler } = world();
      const name = `change-${++changes}`;
      const verb = was && is ? "update" : is ? "add" : "delete";
      const job = is ? after : before;
      const event = { type: `dev.knative.apiserver.resource.${verb}`, data: { kind: "Job", ...job } };
      if (chance.mishap(`${name} is lost`, rates.changeLost)) return;
      const late = chance.mishap(`${name} is late`, rates.changeLate);
      const afterMs = skewed(chance.roll(`${name} comes`), 1, late ? 600_000 : 500);
      const delivery = { name, program: "finish-task", event, repeats: 3 } as const;
      scheduler.after(afterMs, () => deliver(delivery));
      if (chance.mishap(`${name} comes twice`, rates.changeDoubled))
        scheduler.after(afterMs + chance.roll(`${name} twice`) * 2000, () =>
          deliver({ ...delivery, name: `${name} twice` }),
        );
    },
    ping: (number) => {
      const { chance } = world();
      if (options.noSweep || chance.mishap(`ping-${number} is lost`, rates.pingLost)) return;
      const event = { type: "dev.knative.sources.ping", data: { action: "sweep" } };
      deliver({ name: `sweep-${number}`, program: "finish-task", event, repeats: 0 });
    },
  };
};
