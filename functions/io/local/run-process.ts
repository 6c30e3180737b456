// Starts one process with all that comes of it, passes on its output, and ends it when asked to.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerEnd, ContainerOrder } from "./engine.ts";

export interface ProcessOrder {
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The process is set up by another one, which writes to its file descriptor 3 when that is done. */
  readonly saysReady: boolean;
  readonly order: Pick<ContainerOrder, "graceSeconds" | "onStarted" | "onOutput">;
  readonly now: () => Date;
}

/** How long output may still come once the process has ended: something it left behind may hold its end of the pipe. */
const drainMilliseconds = 1000;

export const runProcess = async (process: ProcessOrder, signal: AbortSignal): Promise<ContainerEnd> => {
  const { command, order, now } = process;
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: process.workingDir,
    env: { ...process.env },
    stdio: ["ignore", "pipe", "pipe", process.saysReady ? "pipe" : "ignore"],
    detached: true, // a group of its own: Ctrl-C is ours to handle, and the whole group can be ended
  });
  const setUp = process.saysReady ? readiness(child) : Promise.resolve(true);
  const early: Uint8Array[] = [];
  let startedAt: Date | undefined;
  const take = (bytes: Uint8Array) => (startedAt ? order.onOutput(bytes) : early.push(bytes));
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const ended = exitOf(child);
  const stop = stopOn(signal, child, order.graceSeconds);

  const [ready] = await Promise.all([setUp, spawnOf(child)]);
  if (ready && child.pid) {
    startedAt = now();
    order.onStarted();
    for (const bytes of early) order.onOutput(bytes);
  }
  const exit = await ended;
  stop();
  await drain(child);
  if (!startedAt) return refused(exit, early);
  return {
    kind: "ended",
    exitCode: exit.code,
    reason: exit.code === 0 ? "Completed" : "Error",
    startedAt,
    finishedAt: now(),
  };
};

/** Resolves when it runs, or certainly will not. */
const spawnOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("spawn", resolve);
    child.once("error", () => resolve());
  });

interface Exit {
  /** Of a process that a signal ended 128 and the signal's number, as container runtimes have it. */
  readonly code: number;
  readonly fault?: Error;
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once("error", (fault) => resolve({ code: 128, fault }));
    child.once("exit", (code, signal) => resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0) }));
  });

/** @returns false when file descriptor 3 closes without a word */
const readiness = async (child: ChildProcess): Promise<boolean> => {
  for await (const word of child.stdio[3] as NodeJS.ReadableStream) return String(word).startsWith("ready");
  return false;
};

const stopOn = (signal: AbortSignal, child: ChildProcess, graceSeconds: number): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    kill(child, "SIGTERM");
    timer = setTimeout(() => kill(child, "SIGKILL"), graceSeconds * 1000);
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  return () => {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    kill(child, "SIGKILL"); // a container's other processes end with its first one
  };
};

const kill = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // the group has ended already
  }
};

const drain = async (child: ChildProcess): Promise<void> => {
  const closed = (stream: NodeJS.ReadableStream | null) =>
    !stream || ("closed" in stream && stream.closed) ? undefined : once(stream, "close");
  await Promise.race([
    Promise.all([closed(child.stdout), closed(child.stderr)]),
    sleep(drainMilliseconds, undefined, { ref: false }),
  ]);
  child.stdout?.destroy();
  child.stderr?.destroy();
};

const refused = (exit: Exit, output: readonly Uint8Array[]): ContainerEnd => ({
  kind: "refused",
  reason: "RunContainerError",
  message: exit.fault?.message ?? `it could not be set up: ${Buffer.concat(output).toString().trim()}`,
});
