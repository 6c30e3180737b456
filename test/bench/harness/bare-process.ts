// One of test/bench/programs as a process that waits for events.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { deployedEnv, type FunctionName } from "../../cluster/harness/deployed-env.ts";
import { freePort } from "../../cluster/harness/function-process.ts";
import { cleanEnv } from "./first-answer.ts";
import { deliver, makePost, type Post } from "./post.ts";
import type { Script } from "./script.ts";

export interface BareProcess {
  /** The calls that the next event is answered with. */
  prepare(script: Script): Promise<void>;
  readonly post: Post;
  stop(): Promise<void>;
}

/** With as much memory as the function that it is held against. */
export const startBareCalls = async (
  file: string,
  name: FunctionName,
  env: Readonly<Record<string, string>>,
): Promise<BareProcess> => {
  const port = await freePort();
  const options = {
    env: { ...cleanEnv(), ...deployedEnv(name), ...env, PORT: String(port) },
    stdio: "inherit",
  } as const;
  const child = spawn(process.execPath, [file], options);
  const post = makePost(`http://127.0.0.1:${port}`);
  const prepare = (script: Script) => deliver(post, { method: "PUT", headers: {}, body: JSON.stringify(script) });
  for (let tries = 0; tries < 500; tries++) {
    const isUp = await prepare([]).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await sleep(20);
  }
  return {
    ...{ prepare, post },
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
};
