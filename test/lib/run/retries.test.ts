// A task with retries: its last pod decides the result.
import assert from "node:assert/strict";
import { test } from "node:test";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import { explainFailure } from "../../../functions/lib/core/pod/explain-failure.ts";
import { viewTask } from "../../../functions/lib/core/view/task-view.ts";
import { reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import { startGraph } from "./graph-world.ts";

/** A pod of the Job that began at this second and exited with this code. */
const podOf = (job: Job, second: number, exitCode: number): Pod => {
  const at = (add: number) => `2026-01-02T03:04:${String(second + add).padStart(2, "0")}Z`;
  const { name = "", namespace = "", uid = "" } = job.metadata ?? {};
  const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: at(1), finishedAt: at(2) };
  const own = { name, image: "alpine", imageID: "", ready: false, restartCount: 0, state: { terminated } };
  return {
    metadata: { name: `${name}-${second}`, namespace, uid: `${uid}-${second}`, creationTimestamp: at(0) },
    status: { phase: exitCode === 0 ? "Succeeded" : "Failed", startTime: at(0), containerStatuses: [own] },
  };
};

const tryTwice = async (context: Parameters<typeof startGraph>[0], codes: readonly [number, number]) => {
  const graph = await startGraph(context, { load: "retries: 1" });
  const job = graph.job("load");
  const all = codes.map((code, index) => podOf(job, index * 20, code));
  const pods = {
    ...graph.world.ports.pods,
    list: async () => all,
    getLog: async ({ name }: { readonly name: string }) => ({
      head: `said by ${name.slice(-2)}`,
      tail: "",
      cutBytes: 0,
    }),
  };
  graph.world.end(job, { exitCode: codes[1] });
  const run = { runId: job.metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  await reconcileRun({ ...graph.world.ports, pods }, run);
  return { graph, job: graph.job("load"), all };
};

test("a retry that passes reports only its own output and times, and the number of tries", async (context) => {
  const { graph } = await tryTwice(context, [3, 0]);
  const { status, result, message } = graph.finished();
  assert.deepEqual([status, result], ["succeeded", "pass"]);
  assert.match(
    message,
    /\nTry 1 failed: container \S+ ended with exit code 3 \(Error\) after 1 s\. This is try 2 of 2\.\n/,
  );
  assert.match(message, /said by 20/);
  assert.doesNotMatch(message, /said by -0/);
});

test("a last retry that fails reports its exit code", async (context) => {
  const { graph, job, all } = await tryTwice(context, [3, 4]);
  const { status, result, message } = graph.finished();
  assert.deepEqual([status, result], ["succeeded", "fail"]);
  assert.match(message, /exit code 4/);
  assert.match(message, /^Task .load. failed: container \S+ ended with exit code 4/);
  const link = { namespace: "jobs", name: job.metadata?.name ?? "", task: "load", ttlSeconds: 60 };
  assert.match(viewTask({ ref: link, phase: "failed", job }, all).why ?? "", /exit code 4/);
});

test("a failed pod between two tries does not end the task", async (context) => {
  const graph = await startGraph(context, { load: "retries: 1" });
  const at = graph.world.ports.clock.now().toISOString();
  const terminated = { exitCode: 3, reason: "Error", startedAt: at, finishedAt: at };
  graph.world.setPod(graph.job("load"), { state: { terminated } });
  graph.world.pass(200);
  await graph.sweep();
  assert.deepEqual(graph.running(), ["load"]);
  assert.deepEqual(graph.world.sent("finished"), []);
});

test("a failure by exit code is not reported as a removed pod, and a timeout is reported as the limit for all tries", async (context) => {
  const graph = await startGraph(context, { load: "retries: {limit: 2, exitCodes: [75]}" });
  const failedFor = (reason: string): Job => {
    const condition = { type: "Failed", status: "True", reason, message: "as it is" };
    return { ...graph.job("load"), status: { conditions: [condition] } };
  };
  assert.doesNotMatch(explainFailure(failedFor("PodFailurePolicy"), undefined), /removed its pod/);
  assert.match(
    explainFailure(failedFor("DeadlineExceeded"), undefined),
    /^it was stopped 2910 s after its release, the limit for all of its tries\.$/,
  );
});
