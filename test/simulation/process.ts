// One delivery in one process: its calls take time, fail in every way, and end with the process when it crashes.
import { IoError } from "../../functions/lib/io-error.ts";
import type { Chance, Spot } from "./chance.ts";
import { skewed } from "./chance.ts";
import type { Image } from "./images.ts";
import { bounds } from "./rates.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Process {
  readonly name: string;
  readonly image: Image;
  /** How far its clock is ahead. */
  readonly skewMs: number;
  /** The runs whose Jobs it listed or created, and whether there were any. */
  readonly looked: Map<string, "some" | "none">;
  /** ConfigMaps that it found there, by the uids of their Jobs. */
  readonly found: Set<string>;
  /** Pending calls and sleeps. */
  pending: number;
  calls: number;
  ended: boolean;
  /** Called at most once, when it crashes: its caller gets no response. */
  readonly onCrash: () => void;
  /** Called when one of its calls is forbidden. */
  readonly onForbidden: (operation: string) => void;
}

export interface ProcessPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly tell: (text: () => string) => void;
  /** Whether the other side is unreachable now. */
  readonly isAway: (to: Call<unknown>["to"]) => boolean;
  /** A process continues: the scheduler has to wait for it. */
  readonly stir: (process: Process) => void;
  /** Longer than the design assumes. */
  readonly beyondBounds: boolean;
}

export interface Call<T> {
  readonly to: "kubernetes" | "keptn";
  readonly does: "reads" | "writes";
  /** One of a few names, for the counts. */
  readonly operation: string;
  /** What the call is about, for the story. */
  readonly about?: string;
  readonly effect: () => T;
  /** The result for a retrying client whose first attempt took effect: a patch is found stale. */
  readonly foundDone?: T;
  /** Never throws, and returns this instead: notes and log entries. */
  readonly quiet?: { readonly answer: T };
  /** Called when it is forbidden, by chance or because of its namespace. */
  readonly onForbidden?: () => void;
  /** Keptn may refuse it for good. */
  readonly refusable?: () => void;
}

type Fault = "fails" | "forbidden" | "refusedForGood" | "answerLost" | "timesOut" | "foundDone";

/** The promise of a crashed process never settles, but its request may still take effect. */
export const callFrom = <T>(ports: ProcessPorts, process: Process, call: Call<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    if (process.ended) return;
    const { chance, scheduler } = ports;
    const name = `${process.name} call ${++process.calls} ${call.operation}${call.about ? ` ${call.about}` : ""}`;
    const spot = chance.at(name);
    if (spot.mishap("crashesBefore", call.operation)) return crash(process, ports);
    process.pending++;
    const drawn = faultOf(spot, call);
    const [thereMs, backMs] = latencyOf(ports, spot, { call, timesOut: drawn === "timesOut", image: process.image });
    scheduler.after(thereMs, () => {
      const wanted = ports.isAway(call.to) ? "fails" : drawn;
      const answer = happens(wanted, spot) ? attempt(call.effect) : undefined;
      // What had no effect at the first attempt is not found done at the second.
      const fault = wanted === "foundDone" && answer && "fault" in answer ? undefined : wanted;
      scheduler.after(backMs, () => {
        if (process.ended) return;
        ports.stir(process);
        if (spot.mishap("crashesAfter", call.operation)) return crash(process, ports);
        process.pending--;
        const isForbidden = fault === "forbidden" || (!fault && answer && "fault" in answer && is403(answer.fault));
        if (isForbidden) process.onForbidden(call.operation);
        if (isForbidden) call.onForbidden?.();
        if (call.quiet) resolve(call.quiet.answer);
        else if (fault === "foundDone") resolve(call.foundDone as T);
        else if (fault) reject(errorOf(fault, name, call));
        else if ("fault" in answer!) reject(answer.fault);
        else resolve(answer!.value);
      });
    });
  });

/** Lets time pass for a waiting process. It can crash in the meantime. */
export const sleepIn = (ports: ProcessPorts, process: Process, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    if (process.ended) return;
    const spot = ports.chance.at(`${process.name} call ${++process.calls} sleep`);
    process.pending++;
    ports.scheduler.after(milliseconds, () => {
      if (process.ended) return;
      ports.stir(process);
      if (spot.mishap("crashesAfter", "sleep")) return crash(process, ports);
      process.pending--;
      resolve();
    });
  });

const is403 = ({ httpStatus }: IoError): boolean => httpStatus === 403;

const happens = (fault: Fault | undefined, spot: Spot): boolean => {
  if (fault === "timesOut") return spot.roll("arrives") < 0.5;
  return fault === undefined || fault === "answerLost" || fault === "foundDone";
};

const attempt = <T>(effect: () => T): { readonly value: T } | { readonly fault: IoError } => {
  try {
    return { value: effect() };
  } catch (fault) {
    if (fault instanceof IoError) return { fault };
    throw fault;
  }
};

const faultOf = <T>(spot: Spot, { operation, foundDone, refusable }: Call<T>): Fault | undefined => {
  if (spot.mishap("fails", operation)) return "fails";
  if (spot.mishap("answerLost", operation)) return "answerLost";
  if (spot.mishap("timesOut", operation)) return "timesOut";
  if (spot.mishap("forbidden", operation)) return "forbidden";
  if (foundDone !== undefined && spot.mishap("foundDone", operation)) return "foundDone";
  if (!refusable || !spot.mishap("refusedForGood", operation)) return undefined;
  refusable();
  return "refusedForGood";
};

const errorOf = <T>(fault: Fault, name: string, { does }: Call<T>): IoError => {
  const message = `${name}: ${fault}`;
  if (fault === "forbidden") return new IoError(message, { retryable: false, httpStatus: 403 });
  if (fault === "refusedForGood") return new IoError(message, { retryable: false, httpStatus: 400 });
  return new IoError(message, { retryable: true, outcomeUnknown: fault !== "fails" && does === "writes" });
};

/** Round trip in milliseconds. */
const latencyOf = <T>(
  { beyondBounds }: ProcessPorts,
  spot: Spot,
  { call, timesOut, image }: { readonly call: Call<T>; readonly timesOut: boolean; readonly image: Image },
): readonly [number, number] => {
  const toKeptn = call.to === "keptn";
  const boundMs = toKeptn ? image.settings.KEPTN_RETRY_SECONDS * 1000 : bounds.kubernetesMs;
  const part = spot.roll("there");
  if (timesOut) return [part * boundMs, (1 - part) * boundMs];
  if (call.does === "reads" && spot.mishap("readsStale", call.operation)) return [0, spot.roll("age") * boundMs];
  const slow = spot.mishap("slow", call.operation);
  const totalMs = slow ? spot.roll("slowness") * boundMs : skewed(spot.roll("takes"), 1, 200);
  // After a response of Kubernetes any time may pass: no step assumes that the process is fast there.
  const sleeps = (!toKeptn || beyondBounds) && spot.mishap("fallsAsleep", call.operation);
  const asleepMs = sleeps ? spot.roll("sleep") * 120_000 : 0;
  const late = toKeptn && beyondBounds ? asleepMs : 0;
  return [part * totalMs + late, (1 - part) * totalMs + asleepMs - late];
};

export const crash = (process: Process, { tell }: Pick<ProcessPorts, "tell">): void => {
  if (process.ended) return;
  process.ended = true;
  tell(() => `${process.name} CRASHES`);
  process.onCrash();
};
