// What a process has used so far, as Linux tells it.
import { readdirSync, readFileSync } from "node:fs";

/** Processor time of all threads, in milliseconds. */
export const cpuMsOf = (pid: number): number => {
  const times = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8"),
  );
  return times.reduce((sum, text) => sum + Number(text.split(" ")[0]) / 1e6, 0);
};

/** Resident memory in MiB. `peak`: the most it ever had. */
export const memoryOf = (pid: number): { readonly now: number; readonly peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024;
  return { now: read("VmRSS"), peak: read("VmHWM") };
};
