// The local runtime handles released Jobs like Kubernetes, with processes, or with containers when an engine has an image.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseEngine } from "../../../functions/cli/local/choose-engine.ts";
import { commandWorks } from "../../../functions/cli/local/command-works.ts";
import type { Engine } from "../../../functions/cli/local/engine.ts";
import { localJobs } from "../../../functions/cli/local/jobs.ts";
import { processEngine } from "../../../functions/cli/local/process-engine.ts";
import { localRuntime } from "../../../functions/cli/local/runtime.ts";
import { type RuntimeWorld, runtimeContract } from "../../contract/runtime.contract.ts";

const now = () => new Date();

const openWorld = async (
  makeEngine: (folder: string) => Promise<Engine>,
  { image = "none:1", deadlineSeconds = 1 } = {},
): Promise<RuntimeWorld> => {
  const folder = await mkdtemp(join(tmpdir(), "runtime-test-"));
  const jobs = localJobs({ now });
  const faults: unknown[] = [];
  const engine = await makeEngine(folder);
  const runtime = localRuntime({
    jobs,
    engine,
    folder,
    now,
    secrets: {},
    configMaps: {},
    fetchFiles: async () => ({ exitCode: 0 }),
    watcher: { onStart: () => {}, onOutput: () => {}, onEnd: () => {} },
    onFault: (fault) => faults.push(fault),
  });
  const close = async () => {
    await runtime.stop();
    await rm(folder, { recursive: true });
    assert.deepEqual(faults, []);
  };
  return { jobs, pods: runtime.pods, namespace: "default", image, deadlineSeconds, close };
};

const baseEnv = { PATH: process.env["PATH"] ?? "" };

runtimeContract("processes", () => openWorld(async (folder) => processEngine({ baseEnv, folder, say: () => {}, now })));

const image = process.env["TEST_ENGINE_IMAGE"];
for (const name of ["podman", "docker"] as const) {
  const skip = await whyNot(name);
  const openEngine = async (folder: string) => chooseEngine(name, { env: process.env, folder, say: () => {}, now });
  runtimeContract(`containers of ${name}`, () => openWorld(openEngine, { image: image ?? "", deadlineSeconds: 5 }), {
    skip,
  });
}

/** A container engine is optional here, and tests do not pull images. */
async function whyNot(name: "podman" | "docker"): Promise<string | false> {
  if (image === undefined) return "TEST_ENGINE_IMAGE names no image with a shell that the engine has";
  return (await commandWorks([name, "image", "inspect", image], { seconds: 10 }))
    ? false
    : `${name} has no image ${image}`;
}
