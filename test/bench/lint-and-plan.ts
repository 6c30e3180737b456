// How soon `job-executor lint` and `plan` have answered for a job config of 100 actions, from the start of the process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const mostMs = 300;
const actions = 100;
const rounds = 15;

const configOf = (count: number): string => {
  const made = Array.from({ length: count }, (_, index) => actionOf(index));
  return `apiVersion: v2\nactions:\n${made.join("")}`;
};

const actionOf = (index: number): string => `
  - name: Run locust ${index}
    events:
      - name: sh.keptn.event.test${index}.triggered
        jsonpath:
          property: $.data.test.teststrategy
          match: locust
    tasks:
      - name: Run locust smoke tests
        files: [locust/basic.py, locust/import.py]
        image: locustio/locust:2.${index}
        cmd: [locust]
        args: [-f, /keptn/locust/basic.py, --host, $(HOST)]
        env:
          - name: HOST
            value: $.data.deployment.deploymentURIsLocal[0]
            valueFrom: event
`;

const event = {
  id: "f2b878d3-03c0-4e8f-bc3f-454bc1b3d79b",
  type: "sh.keptn.event.test7.triggered",
  source: "shipyard-controller",
  shkeptncontext: "08735340-6f9e-4b32-97ff-3b6c292bc509",
  data: {
    project: "sockshop",
    stage: "dev",
    service: "carts",
    test: { teststrategy: "locust" },
    deployment: { deploymentURIsLocal: ["http://carts.dev"] },
  },
};

const bundle = (folder: string) =>
  build({
    entryPoints: [new URL("../../functions/cli/main.ts", import.meta.url).pathname],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });

const measure = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now();
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: "ignore" });
    const [code] = await once(child, "close");
    assert.equal(code, 0, args.join(" "));
    if (round > 0) times.push(performance.now() - begun); // the first one fills Node's compile cache
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? 0;
};

const folder = await mkdtemp(join(tmpdir(), "cli-bench-"));
try {
  await bundle(join(folder, "cli"));
  const [config, eventFile] = [join(folder, "config.yaml"), join(folder, "event.json")];
  await writeFile(config, configOf(actions));
  await writeFile(eventFile, JSON.stringify(event));
  const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
  const commands = {
    lint: ["lint", config],
    plan: ["plan", "--config", config, "--event", eventFile, "--output", "yaml"],
  };
  console.log(`node -e 0: ${(await measure(["-e", "0"], {})).toFixed(0)} ms`);
  for (const [name, args] of Object.entries(commands)) {
    const ms = await measure([join(folder, "cli", "main.mjs"), ...args], env);
    console.log(`${name} of ${actions} actions: ${ms.toFixed(0)} ms`);
    assert.ok(ms < mostMs, `${name} takes ${ms.toFixed(0)} ms`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
