// An engine that responds is preferred, and one that hangs or is broken delays nobody.
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { chooseEngine, type RuntimeChoice } from "../../../functions/cli/local/choose-engine.ts";
import { IoError } from "../../../functions/lib/io-error.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "choose-engine-"));
});
after(() => rm(folder, { recursive: true }));

/** Programs of these names, first on the PATH. */
const choose = async (choice: RuntimeChoice, programs: Readonly<Record<string, string>>, answerSeconds = 60) => {
  const bin = await mkdtemp(join(folder, "bin-"));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter) };
  return chooseEngine(choice, { env, folder, say: () => {}, now: () => new Date(), answerSeconds });
};

const broken = "echo cannot connect >&2; exit 125";

test("auto prefers podman to docker", async () => {
  assert.equal((await choose("auto", { podman: "exit 0", docker: "exit 0" })).name, "podman");
});

test("auto chooses docker when only docker responds", async () => {
  assert.equal((await choose("auto", { podman: broken, docker: "exit 0" })).name, "docker");
});

test("auto chooses processes when one engine is broken and another one hangs", async () => {
  assert.equal((await choose("auto", { podman: "sleep 1000 & sleep 1000", docker: broken }, 1)).name, "process");
});

test("an engine that was chosen by name must respond", async () => {
  const asked = choose("podman", { podman: broken });
  await assert.rejects(asked, (fault) => fault instanceof IoError && /podman does not answer/.test(fault.message));
});

test("processes are used when chosen", async () => {
  assert.equal((await choose("process", { podman: "exit 0", docker: "exit 0" })).name, "process");
});
