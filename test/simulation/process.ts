// One delivery in one process: its calls take time, fail in every way, and end with the process when it crashes.
import { IoError } from "../../functions/io/io-error.ts";
import { type Chance, skewed } from "./chance.ts";
import { bounds, rates } from "./rates.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Process {
  readonly name: string;
  readonly skewMs: number;
  /** Calls and sleeps it waits for. */
  pending: number;
  calls: number;
  ended: boolean;
  /** Called at most once, when it crashes: whoever waits for its answer gets none. */
  readonly onCrash: () => void;
}

export interface ProcessPorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly tell: (text: string) => void;
}

export interface Call<T> {
  readonly to: "kubernetes" | "keptn";
  readonly what: string;
  readonly effect: () => T;
  /** What a client that repeats says when the first try took effect: a patch is found stale. */
  readonly repeated?: T;
  /** Logs and notes never throw. */
  readonly never?: boolean;
}

/** The promise of a crashed process never settles, but what it asked for may still happen. */
export const callFrom = <T>({ chance, scheduler, tell }: ProcessPorts, process: Process, call: Call<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    if (process.ended) return;
    const name = `${process.name} call ${++process.calls} ${call.what}`;
    if (chance.mishap(`${name}: crashes before`, rates.crashBefore)) return crash(process, tell);
    process.pending++;
    const fault = call.never ? undefined : faultOf(chance, name, call);
    const [thereMs, backMs] = latencyOf(chance, name, { to: call.to, timesOut: fault === "timesOut" });
    scheduler.after(thereMs, () => {
      const done = fault === "fails" || (fault === "timesOut" && chance.roll(`${name} arrives`) < 0.5);
      const answer = done ? undefined : attempt(call.effect);
      scheduler.after(backMs, () => {
        if (process.ended) return;
        if (chance.mishap(`${name}: crashes after`, rates.crashAfter)) return crash(process, tell);
        process.pending--;
        if (fault === "repeated" && call.repeated !== undefined) resolve(call.repeated);
        else if (fault && fault !== "repeated") {
          reject(new IoError(`${name}: ${fault}`, { retryable: true, maybeDone: fault !== "fails" }));
        } else if (answer && "fault" in answer) reject(answer.fault);
        else resolve(answer!.value);
      });
    });
  });

const attempt = <T>(effect: () => T): { readonly value: T } | { readonly fault: IoError } => {
  try {
    return { value: effect() };
  } catch (fault) {
    if (fault instanceof IoError) return { fault };
    throw fault;
  }
};

const faultOf = <T>(chance: Chance, name: string, { repeated }: Call<T>) => {
  if (chance.mishap(`${name}: fails`, rates.fails)) return "fails";
  if (chance.mishap(`${name}: answer lost`, rates.answerLost)) return "answerLost";
  if (chance.mishap(`${name}: times out`, rates.timesOut)) return "timesOut";
  if (repeated !== undefined && chance.mishap(`${name}: done, found stale`, rates.staleAfterDone)) return "repeated";
  return undefined;
};

/** There and back, in milliseconds; together never more than the bound. */
const latencyOf = (
  chance: Chance,
  name: string,
  { to, timesOut }: { readonly to: "kubernetes" | "keptn"; readonly timesOut: boolean },
): readonly [number, number] => {
  const boundMs = to === "kubernetes" ? bounds.kubernetesMs : bounds.keptnMs;
  const part = chance.roll(`${name} there`);
  if (timesOut) return [part * boundMs, (1 - part) * boundMs];
  const slow = chance.mishap(`${name}: slow`, rates.slow);
  const totalMs = slow ? chance.roll(`${name} slowness`) * boundMs : skewed(chance.roll(`${name} takes`), 1, 200);
  return [part * totalMs, (1 - part) * totalMs];
};

export const crash = (process: Process, tell: (text: string) => void): void => {
  if (process.ended) return;
  process.ended = true;
  tell(`${process.name} CRASHES`);
  process.onCrash();
};
