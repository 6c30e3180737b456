// What processes cannot do is reported at once.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { processEngine } from "../../../functions/cli/local/process-engine.ts";
import type { Container } from "../../../functions/lib/core/kubernetes.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "process-engine-"));
  await mkdir(join(folder, "keptn"));
});
after(() => rm(folder, { recursive: true }));

const makeEngine = () => {
  const said: string[] = [];
  let output = "";
  const engine = processEngine({
    baseEnv: { PATH: process.env["PATH"] ?? "" },
    folder,
    say: (message) => said.push(message),
    now: () => new Date(),
  });
  const run = (container: Partial<Container>) =>
    engine.run(
      {
        id: "pod",
        container: { name: "task", image: "tool:1", ...container },
        pod: { containers: [] },
        env: new Map(),
        mounts: { "/keptn": join(folder, "keptn") },
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
  const end = await makeEngine().run({ args: ["--help"] });
  assert.ok(end.kind === "refused");
  assert.match(end.message, /no cmd.*image tool:1.*podman or docker/);
});

test("a working directory that exists only in the image is refused", async () => {
  const end = await makeEngine().run({ command: ["true"], workingDir: "/no/such/folder" });
  assert.ok(end.kind === "refused");
  assert.match(end.message, /\/no\/such\/folder does not exist on this machine/);
});

test("the rewriting of paths is announced once", async () => {
  const { run, said } = makeEngine();
  await run({ command: ["true"] });
  await run({ command: ["true"] });
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /\/keptn.*rewritten/);
});

test("the environment of the calling shell is not passed on", async () => {
  const { run, output } = makeEngine();
  process.env["PROCESS_ENGINE_TEST_TOKEN"] = "secret";
  await run({ command: ["env"] });
  delete process.env["PROCESS_ENGINE_TEST_TOKEN"];
  assert.match(output(), /^PATH=/m);
  assert.doesNotMatch(output(), /PROCESS_ENGINE_TEST_TOKEN/);
});
