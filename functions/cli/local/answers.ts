// Checks whether a command on this machine works; it may be missing, broken or hanging.
import { spawn } from "node:child_process";

/**
 * @param env its environment; undefined: this process's own
 * @returns whether it succeeded in time; otherwise it is killed with its children
 */
export const answers = (
  [program = "", ...args]: readonly string[],
  { seconds, env }: { readonly seconds: number; readonly env?: Readonly<Record<string, string>> },
): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true, ...(env ? { env } : {}) });
    const timer = setTimeout(() => {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
      resolve(false);
    }, seconds * 1000);
    const settle = (good: boolean) => {
      clearTimeout(timer);
      resolve(good);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
  });
