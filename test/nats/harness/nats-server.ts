// A real nats-server on this machine, which a test starts, stops and starts again.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../cluster/harness/function-process.ts";

export interface NatsServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const isThere = (): boolean => {
  try {
    execFileSync("nats-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Why these tests cannot run here; false when they can. */
export const noNats: string | false = isThere() ? false : "there is no nats-server here (Debian package nats-server)";

export const startNatsServer = async (): Promise<NatsServer> => {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: NatsServer = {
    ...{ port, url: `nats://127.0.0.1:${port}` },
    stop: async () => {
      if (!child) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      child = undefined;
    },
    start: async () => {
      child = spawn("nats-server", ["--addr", "127.0.0.1", "--port", String(port)], { stdio: "ignore" });
      while (!(await accepts(port))) await sleep(20);
    },
  };
  await server.start();
  return server;
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
