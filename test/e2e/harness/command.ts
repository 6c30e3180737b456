// Runs `job-executor` like a user at a terminal.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Finding } from "../../../functions/lib/core/check/finding.ts";

const main = new URL("../../../functions/cli/main.ts", import.meta.url).pathname;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** KEPTN_ENDPOINT and KEPTN_API_TOKEN of the environment name Keptn. */
export const runCommand = async (...args: readonly string[]): Promise<CommandResult> => {
  const env = { ...process.env, KEPTN_API_ENDPOINT: process.env["KEPTN_ENDPOINT"] };
  const ran = await promisify(execFile)(process.execPath, [main, ...args], { env }).catch((failed) => failed);
  return { code: ran.code ?? 0, stdout: ran.stdout, stderr: ran.stderr };
};

/** @returns what `check` found that is not as it has to be */
export const runCheck = async (namespace: string, ...args: readonly string[]) => {
  const { code, stdout } = await runCommand("check", "--format", "json", "--namespace", namespace, ...args);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  const wrong = findings.filter(({ severity }) => severity !== "ok");
  return { code, wrong: wrong.map(({ id, severity }) => [id, severity]) };
};
