// One of our programs as a separate process that a test can kill and restart.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundledPrograms } from "./bundled-programs.ts";
import { deployedEnv, type FunctionName } from "./deployed-env.ts";

export interface FunctionProcess {
  readonly url: string;
  /** Of the process that runs now. */
  pid(): number;
  /** What it wrote so far: one JSON line per step. */
  readonly lines: readonly string[];
  /** SIGKILL, and a new process on the same port. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * With the memory that its manifest gives it, unless `env` says otherwise.
 * @param folder with the bundles; by default such as were made for this test alone
 */
export const startFunction = async (
  name: FunctionName | "keptn-source",
  env: Readonly<Record<string, string>>,
  folder?: string,
): Promise<FunctionProcess> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  const serve = join(folder ?? (await bundledPrograms()), "serve.cjs");
  const deployed = name === "keptn-source" ? {} : deployedEnv(name);
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [serve], {
      env: { ...process.env, ...deployed, ...env, FUNCTION: name, PORT: String(port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trimEnd().split("\n")));
    }
    await ready(url, { child: started, lines }).catch((fault) => {
      started.kill("SIGKILL"); // otherwise the test would wait for it forever
      throw fault;
    });
    return started;
  }
  const kill = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  return {
    url,
    pid: () => child.pid ?? 0,
    lines,
    crash: async () => {
      await kill("SIGKILL");
      child = await launch();
    },
    stop: () => kill("SIGTERM"),
  };
};

const ready = async (
  url: string,
  { child, lines }: { child: ChildProcess; lines: readonly string[] },
): Promise<void> => {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null)
      throw new Error(`the function ended with exit code ${child.exitCode}: ${lines.join("\n")}`);
    const answer = await fetch(`${url}/health/readiness`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} did not become ready`);
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
