// The process: its clock, its log, and a unique name for lease holders.
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

/** Names pod and delivery, so that a lease shows its holder. Math.random is enough, and loading UUIDs takes Node 5 ms. */
export const newHolderIdentity = (): string => `${hostname()}/${Math.random().toString(36).slice(2, 12)}`;

const severity = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** One line of JSON on stdout. */
export const jsonLog =
  (lowest: keyof typeof severity): Log =>
  (line) => {
    if (severity[line.level] < severity[lowest]) return;
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line }, shorten)}\n`);
  };

/** Longer texts are external input. Container runtimes cut lines at 16 KiB, and a cut line is not valid JSON. */
const maxTextLength = 8000;

const shorten = (_: string, value: unknown): unknown =>
  typeof value === "string" && value.length > maxTextLength
    ? `${value.slice(0, maxTextLength)}... (${value.length} characters)`
    : value;

/** Node would write plain text to stderr; faas-js-runtime would end the process silently with exit code 0. */
export const logCrashes = (log: Log): void => {
  const crash = (fault: unknown) => {
    log({ level: "error", message: "crashed", stack: fault instanceof Error ? fault.stack : String(fault) });
    process.exit(70);
  };
  process.prependListener("uncaughtException", crash);
  process.prependListener("unhandledRejection", crash);
};
