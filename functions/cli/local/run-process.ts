// Runs a process group, forwards its output, and stops it on a signal.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerEnd, type ContainerOrder, refused } from "./engine.ts";

export interface ProcessOrder {
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly order: Pick<ContainerOrder, "graceSeconds" | "onStarted" | "onOutput">;
  readonly now: () => Date;
}

/** How long to read output after the process ended, since a leftover child may keep the pipe open. */
const drainMilliseconds = 1000;

export const runProcess = async (process: ProcessOrder, signal: AbortSignal): Promise<ContainerEnd> => {
  const { command, order, now } = process;
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: process.workingDir,
    env: { ...process.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // its own process group: we handle Ctrl-C, and can kill the whole group
  });
  child.stdout?.on("data", order.onOutput);
  child.stderr?.on("data", order.onOutput);
  const ended = exitOf(child);
  const stop = stopOn(signal, child, order.graceSeconds);
  await once(child, "spawn").catch(() => undefined); // or it failed to start
  const startedAt = now();
  if (child.pid) order.onStarted();
  const exit = await ended;
  stop();
  await drain(child);
  if (exit.fault) return refused("RunContainerError", exit.fault.message);
  const reason = exit.code === 0 ? "Completed" : "Error";
  return { kind: "ended", exitCode: exit.code, reason, startedAt, finishedAt: now() };
};

interface Exit {
  /** As in container runtimes, 128 plus the signal's number for a killed process. */
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
    kill(child, "SIGKILL"); // as in a container, the other processes end with the first one
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
