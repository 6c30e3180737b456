// Has every bundle do its work once, so that V8 leaves beside it what it compiled: starts in the image then compile next to nothing.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Script } from "node:vm";
import { recordCompiled } from "../functions/io/v8-flags.ts";
import { openExercise } from "./exercise.ts";
import { compile } from "./load-program.ts";
import { programs } from "./programs.ts";

type Exercise = Awaited<ReturnType<typeof openExercise>>;

/** @param folder with the bundles; what was compiled of `a.cjs` goes to `a.cjs.v8`, see load-program.ts */
export const fillCompileCache = async (folder: string): Promise<void> => {
  const exercise = await openExercise();
  const scratch = await mkdtemp(join(tmpdir(), "exercise-"));
  try {
    for (const name of Object.keys(programs)) {
      await runOnce(join(folder, "serve.cjs"), { name, exercise, scratch });
      await takeForUsualFlags(join(folder, `${name}.cjs.v8`));
      // Nobody would notice but by slow starts.
      if (compile(join(folder, `${name}.cjs`)).cachedDataRejected !== false)
        throw new Error(`V8 refuses what it compiled of ${name}: were its flags others at the end than at the start?`);
    }
  } finally {
    await rm(scratch, { recursive: true });
    await exercise.close();
  }
};

/** What makes a program load and compile what it needs. fetch-files, not named here, has its order from the start, and ends by itself. */
const works: Readonly<Record<string, (url: string, exercise: Exercise) => Promise<void>>> = {
  "start-job": async (url, exercise) => {
    await untilUp(`${url}/health/readiness`);
    await send(url, exercise.keptnEvent());
    await exercise.quiet(); // it registers with Keptn behind its answer
  },
  "finish-task": async (url, exercise) => {
    await untilUp(`${url}/health/readiness`);
    await send(url, await exercise.jobChange());
    await exercise.quiet();
  },
  "keptn-source": async (url, exercise) => {
    await exercise.quiet(); // asked amid its first look, it would compile the answer now before and now after it
    await untilUp(`${url}/health/liveness`);
  },
};

/** V8 seeds its hash tables at random, and their order shows in what it writes: two builds of one commit are to be the same. */
const seeds = ["--hash-seed=1", "--random-seed=1"];

/**
 * What V8 writes carries a hash of its flags, and a process with others refuses it; a seed makes other flags, but no other code.
 * The hash of usual flags takes its place (V8, src/snapshot/code-serializer.h: SerializedCodeData, kFlagHashOffset).
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
