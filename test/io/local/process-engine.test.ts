// What only processes cannot do is said; what they do leaves no trace on the machine.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Container } from "../../../functions/core/kubernetes.ts";
import { findPrivateRoot } from "../../../functions/io/local/private-root.ts";
import { processEngine } from "../../../functions/io/local/process-engine.ts";

const privateRoot = await findPrivateRoot();
const noNamespace = privateRoot ? false : "this system allows no mount namespace";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "process-engine-"));
  await mkdir(join(folder, "keptn"));
});
after(() => rm(folder, { recursive: true }));

const makeEngine = (own: boolean) => {
  const said: string[] = [];
  let output = "";
  const engine = processEngine({
    privateRoot: own ? privateRoot : undefined,
    baseEnv: { PATH: process.env["PATH"] ?? "" },
    folder,
    say: (message) => said.push(message),
    now: () => new Date(),
  });
  const run = (container: Partial<Container>, mounts: Record<string, string> = { "/keptn": join(folder, "keptn") }) =>
    engine.run(
      {
        id: "pod",
        container: { name: "task", image: "tool:1", ...container },
        pod: { containers: [] },
        env: new Map(),
        mounts,
        graceSeconds: 1,
        onStarted: () => {},
        onOutput: (bytes) => {
          output += Buffer.from(bytes).toString();
        },
      },
      new AbortController().signal,
    );
  return { run, said, output: () => output };
};

test("a container without a command needs its image", async () => {
  const end = await makeEngine(false).run({ args: ["--help"] });
  assert.ok(end.kind === "refused");
  assert.match(end.message, /no cmd.*image tool:1.*podman or docker/);
});

test("a working directory that only the image has is refused", async () => {
  const end = await makeEngine(false).run({ command: ["true"], workingDir: "/no/such/folder" });
  assert.ok(end.kind === "refused");
  assert.match(end.message, /\/no\/such\/folder is not on this machine/);
});

test("that paths are rewritten is said, once", async () => {
  const { run, said } = makeEngine(false);
  await run({ command: ["true"] });
  await run({ command: ["true"] });
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /\/keptn.*rewritten/);
});

test("in a root of its own /keptn is /keptn, also inside of scripts", { skip: noNamespace }, async () => {
  const { run, said, output } = makeEngine(true);
  const end = await run({ command: ["sh", "-c", 'P=/kep; echo content > "${P}tn/file"; cat /keptn/file'] });
  assert.ok(end.kind === "ended");
  assert.equal(end.exitCode, 0, output());
  assert.equal(output(), "content\n");
  assert.deepEqual(said, []);
});

test("a root of its own leaves nothing behind", { skip: noNamespace }, async () => {
  const path = "/not-on-any-machine/deep/file";
  const { run, output } = makeEngine(true);
  await run({ command: ["sh", "-c", `touch ${path}/x /y && echo written`] }, { [path]: join(folder, "keptn") });
  assert.equal(output(), "written\n");
  assert.equal(existsSync("/not-on-any-machine"), false);
  assert.equal(existsSync("/y"), false);
  assert.equal(existsSync(join(folder, "keptn", "x")), true);
});

test("the environment of whoever started it stays outside", async () => {
  for (const own of privateRoot ? [true, false] : [false]) {
    const { run, output } = makeEngine(own);
    process.env["PROCESS_ENGINE_TEST_TOKEN"] = "secret";
    await run({ command: ["env"] });
    assert.match(output(), /^PATH=/m);
    assert.doesNotMatch(output(), /PROCESS_ENGINE_TEST_TOKEN/);
  }
  delete process.env["PROCESS_ENGINE_TEST_TOKEN"];
});
