// Memory of a process, as Linux counts it (proc(5)), in MiB.
import { readFile } from "node:fs/promises";

/** The most that was resident at any time. */
export const mostMemoryOf = (pid: number): Promise<number> => read(pid, "VmHWM");

/** What is resident now. @throws when the process is gone */
export const memoryOf = (pid: number): Promise<number> => read(pid, "VmRSS");

const read = async (pid: number, field: string): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
  if (!kibibytes) throw new Error(`process ${pid} has no ${field}`);
  return Number(kibibytes) / 1024;
};
