// Sweeps many open Jobs with finish-task as deployed: with the V8 flags and the memory limit of its manifest.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { annotation, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { collectionOfJobs } from "../../functions/lib/kubernetes/job-paths.ts";
import { type KeptnDouble, startKeptn } from "../doubles/keptn/keptn-double.ts";
import { sendSweep } from "./harness/adapter.ts";
import { startFunction } from "./harness/function-process.ts";
import { makeNamespace, noCluster, type TestNamespace } from "./namespace.ts";

/** `SWEEP=full`: sizes of a large installation, which take ten minutes. */
const isFull = process.env["SWEEP"] === "full";
const sizes = isFull
  ? [
      { count: 10_000, bytes: 6000 },
      { count: 600, bytes: 140_000 },
      { count: 120, bytes: 1_000_000 },
    ]
  : [
      { count: 300, bytes: 6000 },
      { count: 20, bytes: 1_000_000 },
    ];
const limitMiB = 256;

const planned = parse(readFileSync("test/golden/plan/smallest-config/jobs.yaml", "utf8")) as Job;
const plannedRun = planned.metadata?.labels?.[label.run] ?? "";

/**
 * Open, and held by another process for hours: a sweep reads it, asks Keptn and leaves it. The Job controller leaves it alone
 * (spec.managedBy), so that other tests on the cluster need not wait for it.
 */
const makeOpenJob = (index: number, namespace: string, bytes: number): Job => {
  const run = `${index.toString(16).padStart(24, "0")}-001`;
  const text = JSON.stringify(planned)
    .replaceAll(plannedRun, run)
    .replaceAll('\\"namespace\\":\\"default\\"', `\\"namespace\\":\\"${namespace}\\"`);
  const job = JSON.parse(text) as { metadata: Record<string, unknown>; spec: Record<string, unknown> };
  const at = new Date().toISOString();
  const annotations = {
    ...planned.metadata?.annotations,
    ...(job.metadata["annotations"] as object),
    [annotation.announced]: new Date(Date.now() - 3_600_000).toISOString(),
    [annotation.claim]: JSON.stringify({ by: "another", at, leaseSeconds: 36_000 }),
  };
  const padding = bytes - text.length;
  const pad = padding > 0 ? { "example.org/pad": "x".repeat(Math.min(padding / 2, 100_000)) } : {};
  const spec = job.spec as unknown as NonNullable<Job["spec"]>;
  const [container] = spec.template.spec?.containers ?? [];
  container?.env?.push({ name: "PAD", value: "x".repeat(Math.max(0, padding - 100_000)) });
  const metadata = { ...job.metadata, namespace, annotations: { ...annotations, ...pad }, finalizers: [] };
  return { ...job, metadata, spec: { ...spec, managedBy: "example.org/nobody" } } as Job;
};

const peakMiB = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

describe("a sweep", { skip: noCluster }, () => {
  let keptn: KeptnDouble;
  before(async () => {
    keptn = await startKeptn();
  });
  after(() => keptn?.close());

  for (const { count, bytes } of sizes) {
    test(`of ${count} open Jobs of ${bytes} bytes ends within ${limitMiB} MiB`, async (context) => {
      const namespace = await makeNamespace("large-sweep");
      context.after(() => remove(namespace));
      await createAll(namespace, count, bytes);
      const env = { JOB_NAMESPACE: namespace.name, TIMER_NAMESPACE: namespace.name };
      const access = { KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token };
      const finishTask = await startFunction("finish-task", { ...env, ...access, LOG_LEVEL: "info" });
      context.after(finishTask.stop);
      const begunMs = performance.now();
      await Promise.all(Array.from({ length: 64 }, () => sendSweep(finishTask.url)));
      const seconds = (performance.now() - begunMs) / 1000;
      const lines = finishTask.lines.map((line) => JSON.parse(line) as { message: string; [field: string]: unknown });
      const swept = lines.filter(({ message }) => message === "swept");
      assert.equal(swept.length, 1, finishTask.lines.slice(-5).join("\n"));
      const { open, failed, left, unread } = swept[0]!;
      const peak = peakMiB(finishTask.pid());
      context.diagnostic(`${open} open, ${left} left out, in ${seconds.toFixed(0)} s; at most ${peak.toFixed(0)} MiB`);
      assert.deepEqual({ open, failed, unread }, { open: count, failed: 0, unread: 0 });
      assert.ok(peak < limitMiB, `${peak} MiB`);
    });
  }
});

const createAll = async ({ api, name }: TestNamespace, count: number, bytes: number): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, i) => i).values();
  const worker = async (): Promise<void> => {
    for (const i of numbers)
      await api.call({ method: "POST", path: collectionOfJobs(name), body: makeOpenJob(i, name, bytes), unread: true });
  };
  // What an API server takes in a second are some megabytes.
  await Promise.all(Array.from({ length: bytes > 100_000 ? 2 : 16 }, worker));
};

/** They have no finalizer. */
const remove = async ({ api, name }: TestNamespace): Promise<void> => {
  await api.call({ method: "DELETE", path: `/api/v1/namespaces/${name}`, expected: [404, 409] });
};
