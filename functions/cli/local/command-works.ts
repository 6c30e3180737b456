// Checks whether a command on this machine works; it may be missing, broken or hanging.
import { spawn } from "node:child_process";

/**
 * @param env its environment; undefined: this process's own
 * @returns whether it succeeded in time; otherwise it is killed with its children
 */
export const commandWorks = (
  [program = "", ...args]: readonly string[],
  { seconds, env }: { readonly seconds: number; readonly env?: Readonly<Record<string, string>> },
): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true, ...(env ? { env } : {}) });
    const timer = setTimeout(() => {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
      resolve(false);
    }, seconds * 1000);
    const finish = (good: boolean) => {
      clearTimeout(timer);
      resolve(good);
    };
    child.once("error", () => finish(false));
    child.once("exit", (code) => finish(code === 0));
  });
