// What the functions' processes take while a soak goes on: one sample after the other, of whichever process lives then.
import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf } from "../bench/harness/process.ts";
import { spreadOf } from "../bench/statistics.ts";
import type { FunctionProcess } from "../cluster/harness/function-process.ts";

export interface Samples {
  /** MiB, oldest first. */
  readonly values: readonly number[];
  stop(): Promise<void>;
}

export const sampleMemory = (process: FunctionProcess, everyMs: number): Samples => {
  const values: number[] = [];
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await sleep(everyMs);
      const value = residentOf(process.pid());
      if (value !== undefined) values.push(value);
    }
  })();
  return {
    values,
    stop: async () => {
      stopped = true;
      await loop;
    },
  };
};

/** @returns undefined when it was killed just now */
const residentOf = (pid: number): number | undefined => {
  try {
    const { now } = memoryOf(pid);
    return now > 0 ? now : undefined; // a process that ends has none
  } catch {
    return undefined;
  }
};

/** Medians of the first and of the last quarter. */
export const quarters = (values: readonly number[]): { readonly first: number; readonly last: number } => {
  const length = Math.max(1, Math.floor(values.length / 4));
  return { first: spreadOf(values.slice(0, length)).median, last: spreadOf(values.slice(-length)).median };
};
