// Runs every bundle once to record V8's code cache next to it, so that starts in the image compile almost nothing.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Script } from "node:vm";
import { recordCompiled } from "../functions/lib/host/v8-flags.ts";
import { openExercise } from "./exercise.ts";
import { compile } from "./load-program.ts";
import { programs } from "./programs.ts";

type Exercise = Awaited<ReturnType<typeof openExercise>>;

/** @param folder with the bundles; the code cache of `a.cjs` is `a.cjs.v8`, see load-program.ts */
export const fillCompileCache = async (folder: string): Promise<void> => {
  const exercise = await openExercise();
  const scratch = await mkdtemp(join(tmpdir(), "exercise-"));
  try {
    for (const name of Object.keys(programs)) {
      await runOnce(join(folder, "serve.cjs"), { name, exercise, scratch });
      await takeForUsualFlags(join(folder, `${name}.cjs.v8`));
      // A rejected cache would show only as slow starts.
      if (compile(join(folder, `${name}.cjs`)).cachedDataRejected !== false)
        throw new Error(`V8 rejects the code cache of ${name}: its flags may have changed while it ran.`);
    }
  } finally {
    await rm(scratch, { recursive: true });
    await exercise.close();
  }
};

/** Requests that make a program load and compile its code. fetch-files is not listed: it gets its order at startup, and ends by itself. */
const works: Readonly<Record<string, (url: string, exercise: Exercise) => Promise<void>>> = {
  "start-job": async (url, exercise) => {
    await untilUp(`${url}/health/readiness`);
    await send(url, exercise.keptnEvent());
    await exercise.quiet(); // it registers with Keptn after its response
  },
  "finish-task": async (url, exercise) => {
    await untilUp(`${url}/health/readiness`);
    await send(url, await exercise.jobChange());
    await exercise.quiet();
  },
  "keptn-source": async (url, exercise) => {
    await exercise.quiet(); // a request during its first poll would make the order of compilation random
    await untilUp(`${url}/health/liveness`);
  },
};

/** V8's random hash seeds affect its output; fixed seeds make builds of a commit reproducible. */
const seeds = ["--hash-seed=1", "--random-seed=1"];

/**
 * V8's cache contains a hash of its flags, and a process with other flags rejects it. Seeds change the flags but not the code, so the
 * hash is replaced by that of the default flags (V8, src/snapshot/code-serializer.h: SerializedCodeData, kFlagHashOffset).
 */
const takeForUsualFlags = async (file: string): Promise<void> => {
  const compiled = await readFile(file);
  new Script("").createCachedData().copy(compiled, flagHashOffset, flagHashOffset, flagHashOffset + 4);
  await writeFile(file, compiled);
};

const flagHashOffset = 12;

interface Turn {
  readonly name: string;
  readonly exercise: Exercise;
  readonly scratch: string;
}

const runOnce = async (script: string, { name, exercise, scratch }: Turn): Promise<void> => {
  const port = await freePort();
  const own = { FUNCTION: name, PORT: String(port), DRAIN_SECONDS: "0", [recordCompiled]: "true" };
  const env = { ...process.env, ...exercise.env, ...own };
  const child = spawn(process.execPath, [...seeds, script, scratch], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  const work = works[name];
  if (work) {
    await Promise.race([work(`http://127.0.0.1:${port}`, exercise), failAtEnd(child, name)]);
    child.kill("SIGTERM");
  }
  await ended;
};

const failAtEnd = async (child: ChildProcess, name: string): Promise<void> => {
  const [code] = await once(child, "exit");
  throw new Error(`${name} ended with exit code ${code} when it was run for its compile cache`);
};

const untilUp = async (url: string): Promise<void> => {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error(`${url} does not answer`);
};

const send = async (url: string, request: RequestInit): Promise<void> => {
  const answer = await fetch(url, request);
  if (answer.status !== 204) throw new Error(`${url} answered ${answer.status} to an event: ${await answer.text()}`);
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
