// Runs a program of Node from its start to its end, and says how long that took.
import { spawn } from "node:child_process";
import { cleanEnv } from "./first-answer.ts";

export interface Ran {
  readonly ms: number;
  /** What it wrote to stderr. */
  readonly said: string;
}

/** @throws Error when it fails: nothing of a bench is to fail */
export const runNode = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const stdio = ["ignore", "ignore", "pipe"] as const;
    const child = spawn(process.execPath, args, { env: { ...cleanEnv(), ...env }, stdio: [...stdio] });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve({ ms: performance.now() - begun, said });
      else reject(new Error(`${args.join(" ")} ended with exit code ${code}: ${said}`));
    });
  });
