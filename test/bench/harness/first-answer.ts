// How long a program takes from its spawn to its first answered event: what a request waits for at scale from zero.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../cluster/harness/function-process.ts";
import type { EventRequest } from "../../doubles/requests.ts";
import { makePost, type Post } from "./post.ts";
import { cpuMsOf } from "./process.ts";

export interface Program {
  /** Of Node: the script, and what stands before it. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface FirstAnswer {
  /** To its answer, or to what is waited for if that is sooner. */
  readonly ms: number;
  readonly answeredMs: number;
  /** Of all its threads. */
  readonly cpuMs: number;
}

const mostMs = 60_000;

/**
 * The program is gone when this returns.
 * @param effect resolves when what somebody waits for has happened
 */
export const measureFirstAnswer = async (
  program: Program,
  event: EventRequest,
  effect?: Promise<unknown>,
): Promise<FirstAnswer> => {
  const port = await freePort();
  const env = { ...cleanEnv(), ...program.env, PORT: String(port) };
  const post = makePost(`http://127.0.0.1:${port}`, false);
  const begun = performance.now();
  const sinceBegun = () => performance.now() - begun;
  const child = spawn(process.execPath, program.args, { env, stdio: ["ignore", "ignore", "inherit"] });
  try {
    const effectMs = effect?.then(sinceBegun);
    const status = await firstAnswer(child, post, event);
    const [answeredMs, cpuMs] = [sinceBegun(), cpuMsOf(child.pid ?? 0)];
    if (status !== 204) throw new Error(`${program.args.join(" ")} answered ${status}`);
    return { ms: (await effectMs) ?? answeredMs, answeredMs, cpuMs };
  } finally {
    const gone = child.exitCode === null ? once(child, "exit") : undefined;
    child.kill("SIGKILL");
    await gone;
  }
};

/** Knocks every millisecond: until the program listens, its port refuses. */
const firstAnswer = async (child: ChildProcess, post: Post, event: EventRequest): Promise<number> => {
  const lastMs = performance.now() + mostMs;
  while (performance.now() < lastMs && child.exitCode === null) {
    const status = await post(event).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== "ECONNREFUSED") throw fault;
    });
    if (status !== undefined) return status;
    await sleep(1);
  }
  throw new Error(`no answer from ${child.spawnargs.join(" ")}, exit code ${child.exitCode}`);
};

/** The machine's own, without what would change how Node starts. */
export const cleanEnv = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _options, NODE_COMPILE_CACHE: _cache, NODE_TEST_CONTEXT: _test, ...rest } = process.env;
  return rest;
};
