// What stays when nothing happens: keptn-source beside a bare Node process, and on a cluster the pods of each overlay.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startFunction } from "../../cluster/harness/function-process.ts";
import { noCluster } from "../../cluster/namespace.ts";
import { startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { cleanEnv } from "../harness/first-answer.ts";
import type { IdleOverlay } from "../harness/idle-overlays.ts";
import { memoryOf } from "../harness/process.ts";
import type { Bench, Measure, Row } from "../measure.ts";
import { plainRow } from "../row.ts";

const settleMs = 30_000;
const rounds = 3;

/** The same Node, one HTTP server: what no program of ours can be below. */
const measureBare = async ({ programs }: Bench): Promise<number> => {
  const env = { ...cleanEnv(), PORT: String(await freePort()) };
  const child = spawn(process.execPath, [join(programs, "bare-server.cjs")], { env, stdio: "ignore" });
  await sleep(settleMs);
  const { now } = memoryOf(child.pid ?? 0);
  child.kill();
  return now;
};

/** It polls a Keptn that has nothing. */
const measureSource = async ({ dist }: Bench): Promise<number> => {
  const keptn = await startKeptn({});
  const env = { KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token, K_SINK: "http://127.0.0.1:9" };
  const source = await startFunction("keptn-source", env, dist);
  await sleep(settleMs);
  const { now } = memoryOf(source.pid());
  await source.stop();
  await keptn.close();
  return now;
};

/** Two copies of one program differ by a MiB or two. */
const mostBeyondNodeMiB = 20;

const measureProcesses = async (bench: Bench): Promise<readonly Row[]> => {
  const [source, beyond]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    bench.say(`keptn-source beside a bare node:http, ${round + 1} of ${rounds}`);
    const [ours, bare] = await Promise.all([measureSource(bench), measureBare(bench)]);
    source.push(ours);
    beyond.push(ours - bare);
  }
  return [
    plainRow({ name: "keptn-source, polling", unit: "MiB", values: source }),
    plainRow({
      ...{ name: "  beyond a bare node:http", unit: "MiB", values: beyond, bound: { most: mostBeyondNodeMiB } },
      column: "keptn-source beyond Node, MiB",
    }),
  ];
};

/** job-executor-service 0.3.0 on this kind of machine, one pod, beside the same Keptn: measured on 2026-11-27; its image is not to be had everywhere. */
const jes = { pods: 1, workingSet: Number.NaN, resident: 34 };

const measureOverlays = async (bench: Bench): Promise<readonly Row[]> => {
  const { measureIdleOverlays } = await import("../harness/idle-overlays.ts");
  const found = await measureIdleOverlays(bench.say);
  return [...found, { name: "JES (of 2026-11-27, not of this run)", ...jes }].flatMap(rowsOf);
};

const rowsOf = ({ name, pods, workingSet, resident }: IdleOverlay): Row[] => {
  const bound = name === "overlay zero" ? { bound: { most: 0 } } : {};
  const sizes = { "  working set": workingSet, "  resident": resident };
  return [
    plainRow({ name, unit: "pods", values: [pods], ...bound }),
    ...Object.entries(sizes).flatMap(([size, mib]) =>
      Number.isNaN(mib) ? [] : [plainRow({ name: size, unit: "MiB", values: [mib] })],
    ),
  ];
};

export const idle: Measure = {
  about: "what runs when nothing happens",
  run: async (bench) => {
    const rows = await measureProcesses(bench);
    const { KEPTN_API_TOKEN } = process.env;
    if (!noCluster && KEPTN_API_TOKEN) return [...rows, ...(await measureOverlays(bench))];
    bench.say(`the overlays are left out: ${noCluster || "KEPTN_API_TOKEN is not set"}`);
    return rows;
  },
};
