// Runs every bundle once, so that V8 leaves beside them what it compiled: starts in the image then compile nothing.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programs } from "./programs.ts";

/** Node keeps a cache per user. The functions' user in the image, and the one of init containers (see security-context.ts). */
const users = ["65532", "1000"];

/** @param folder with the bundles; `compile-cache` in it is what functions/serve.ts looks for */
export const fillCompileCache = async (folder: string): Promise<void> => {
  const cache = join(folder, "compile-cache");
  await mkdir(cache);
  for (const name of Object.keys(programs)) await runOnce(folder, name);
  await shareWithUsers(cache);
};

/** How a program comes to load what it needs, and ends. fetch-files, not named here, ends by itself, for want of an order. */
const exercises: Readonly<Record<string, (child: ChildProcess, url: string) => Promise<void>>> = {
  "start-job": (child, url) => sendNothing(child, url),
  "finish-task": (child, url) => sendNothing(child, url),
  "keptn-source": (child, url) => untilUp(child, `${url}/health/liveness`),
};

const runOnce = async (folder: string, name: string): Promise<void> => {
  const port = await freePort();
  const nowhere = { K_SINK: "http://127.0.0.1:9", KEPTN_API_ENDPOINT: "http://127.0.0.1:9", KEPTN_API_TOKEN: "none" };
  const env = {
    ...process.env,
    ...nowhere,
    FUNCTION: name,
    PORT: String(port),
    LOG_LEVEL: "error",
    DRAIN_SECONDS: "0",
  };
  const child = spawn(process.execPath, [join(folder, "serve.cjs")], { env, stdio: "ignore" });
  const ended = once(child, "exit");
  const exercise = exercises[name];
  if (exercise) {
    await exercise(child, `http://127.0.0.1:${port}`);
    child.kill("SIGTERM");
  }
  await ended;
};

/** An event that is nobody's: read and ignored, without anything outside. */
const sendNothing = async (child: ChildProcess, url: string): Promise<void> => {
  await untilUp(child, `${url}/health/readiness`);
  const event = { "ce-specversion": "1.0", "ce-id": "1", "ce-type": "none", "ce-source": "/build" };
  const headers = { ...event, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: "{}" });
  if (answer.status !== 204) throw new Error(`${url} answered ${answer.status} to an event that is to be ignored`);
};

const untilUp = async (child: ChildProcess, url: string): Promise<void> => {
  for (let tries = 0; tries < 1000 && child.exitCode === null; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error(`a bundle does not start: ${child.spawnargs.join(" ")}, exit code ${child.exitCode}`);
};

const shareWithUsers = async (cache: string): Promise<void> => {
  const [own] = await readdir(cache);
  const version = own?.replace(/-\d+$/, "");
  if (!own || !version) throw new Error(`Node left no compile cache in ${cache}`);
  for (const file of await readdir(join(cache, own))) await chmod(join(cache, own, file), 0o644);
  const missing = users.map((user) => `${version}-${user}`).filter((name) => name !== own);
  await Promise.all(missing.map((name) => symlink(own, join(cache, name))));
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
