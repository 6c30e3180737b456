// The process we run in: its clock, its log, and a name that no other claimant has.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** One structured line per step. */
export type Log = (line: LogLine) => void;

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly run?: string;
  readonly event?: string;
  readonly context?: string;
  readonly [field: string]: unknown;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

/** Pod and delivery: a claim tells who holds it. Chance is enough for a name, and Node takes 5 ms to load what makes UUIDs. */
export const newClaimant = (): string => `${hostname()}/${Math.random().toString(36).slice(2, 12)}`;

const severity = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** One line of JSON on stdout, where Kubernetes collects it. */
export const jsonLog =
  (lowest: keyof typeof severity): Log =>
  (line) => {
    if (severity[line.level] < severity[lowest]) return;
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line }, shorten)}\n`);
  };

/** More is what somebody sent us. A container runtime cuts lines at 16 KiB, and what is cut there is no JSON. */
const maxTextLength = 8000;

const shorten = (_: string, value: unknown): unknown =>
  typeof value === "string" && value.length > maxTextLength
    ? `${value.slice(0, maxTextLength)}... (${value.length} characters)`
    : value;

/** Node would say it on stderr in its own words; faas-js-runtime would end the process with exit code 0 and not a word. */
export const logCrashes = (log: Log): void => {
  const crash = (fault: unknown) => {
    log({ level: "error", message: "crashed", stack: fault instanceof Error ? fault.stack : String(fault) });
    process.exit(70);
  };
  process.prependListener("uncaughtException", crash);
  process.prependListener("unhandledRejection", crash);
};
