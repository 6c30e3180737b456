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
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own: Ctrl-C is ours to handle, and the whole group can be ended
  });
  child.stdout?.on("data", order.onOutput);
  child.stderr?.on("data", order.onOutput);
  const ended = exitOf(child);
  const stop = stopOn(signal, child, order.graceSeconds);
  await spawnOf(child);
  const startedAt = now();
  if (child.pid) order.onStarted();
  const exit = await ended;
  stop();
  await drain(child);
  if (exit.fault) return { kind: "refused", reason: "RunContainerError", message: exit.fault.message };
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
