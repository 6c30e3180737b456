// Runs with a graph of tasks: what runs concurrently, what never runs, and what Keptn is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { ContainerStatus, Job, Pod } from "../../../functions/lib/core/kubernetes.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import { startGraph } from "./graph-world.ts";

test("a diamond: two concurrent tasks, and the last one after both", async (context) => {
  const graph = await startGraph(context, { a: "", b: "needs: [a]", c: "needs: [a]", d: "needs: [b, c]" });
  assert.deepEqual(graph.running(), ["a"]);
  await graph.end({ a: 0 });
  assert.deepEqual(graph.running(), ["b", "c"]);
  await graph.end({ c: 0 });
  assert.deepEqual(graph.running(), ["b"]);
  await graph.end({ b: 0 });
  assert.deepEqual(graph.running(), ["d"]);
  await graph.end({ d: 0 });
  assert.equal(graph.finished().result, "pass");
  assert.deepEqual(
    graph.finished().message.match(/Task '.' finished/g),
    ["a", "b", "c", "d"].map((name) => `Task '${name}' finished`),
  );
});

test("two tasks without needs start at once, even when the first task of the config has to wait", async (context) => {
  const graph = await startGraph(context, { z: "needs: [a, b]", a: "needs: []", b: "needs: []" });
  assert.deepEqual(graph.running(), ["a", "b"]);
  assert.equal(graph.world.sent("started").length, 1);
  await graph.end({ a: 0, b: 0 });
  assert.deepEqual(graph.running(), ["z"]);
});

test("a failure lets concurrent tasks end, and skips the tasks that need the failed one", async (context) => {
  const tasks = { a: "", b: "needs: []", c: "needs: [a]", d: "needs: [b]", e: "needs: [c]" };
  const graph = await startGraph(context, tasks);
  await graph.end({ a: 3 });
  assert.deepEqual(graph.running(), ["b"]);
  await graph.end({ b: 0 });
  assert.deepEqual(graph.running(), ["d"]);
  await graph.end({ d: 0 });
  const { status, result, message } = graph.finished();
  assert.deepEqual([status, result], ["succeeded", "fail"]);
  assert.match(message, /Task 'a' failed: .* exit code 3/);
  assert.match(message, /Task 'c' did not run: it needs 'a', which failed\./);
  assert.match(message, /Task 'e' did not run: it needs 'c', which did not run\./);
  assert.deepEqual(message.match(/Task '.'/g), ["Task 'a'", "Task 'b'", "Task 'c'", "Task 'd'", "Task 'e'"]);
});

test("a cleanup runs after a failure and after success, a rollback only after a failure", async (context) => {
  const tasks = { migrate: "", deploy: "", undo: "when: failure", clean: "when: always" };
  const bad = await startGraph(context, tasks);
  await bad.end({ migrate: 1 });
  assert.deepEqual(bad.running(), ["undo"]);
  await bad.end({ undo: 0 });
  assert.deepEqual(bad.running(), ["clean"]);
  await bad.end({ clean: 0 });
  assert.equal(bad.finished().result, "fail");
  const good = await startGraph(context, tasks);
  await good.end({ migrate: 0 });
  await good.end({ deploy: 0 });
  assert.deepEqual(good.running(), ["clean"]);
  await good.end({ clean: 0 });
  assert.equal(good.finished().result, "pass");
  assert.match(good.finished().message, /Task 'undo' did not run: none of the tasks that it waits for failed\./);
});

test("a task without needs goes on after a skipped rollback, but not after one that ran", async (context) => {
  const tasks = { migrate: "", undo: "when: failure", deploy: "" };
  const good = await startGraph(context, tasks);
  await good.end({ migrate: 0 });
  assert.deepEqual(good.running(), ["deploy"]);
  const bad = await startGraph(context, tasks);
  await bad.end({ migrate: 1 });
  await bad.end({ undo: 0 });
  assert.match(bad.finished().message, /Task 'deploy' did not run: it needs 'migrate', which failed\./);
});

test("onError: warn goes on and ends with a warning, continue ends as if the task had passed", async (context) => {
  const warns = await startGraph(context, { lint: "onError: warn", build: "" });
  await warns.end({ lint: 1 });
  assert.deepEqual(warns.running(), ["build"]);
  await warns.end({ build: 0 });
  assert.deepEqual([warns.finished().status, warns.finished().result], ["succeeded", "warning"]);
  assert.match(warns.finished().message, /Task 'lint' failed, which is only a warning \(onError\): /);
  const nobodyMinds = await startGraph(context, { lint: "onError: continue", build: "" });
  await nobodyMinds.end({ lint: 1 }, '{"result": "fail"}');
  await nobodyMinds.end({ build: 0 });
  assert.deepEqual([nobodyMinds.finished().status, nobodyMinds.finished().result], ["succeeded", "pass"]);
});

test("failFast stops tasks that run beside a failure, and only the cleanup still starts", async (context) => {
  const tasks = { a: "", b: "needs: []", c: "needs: [b]", clean: "when: always" };
  const graph = await startGraph(context, tasks, "failFast: true");
  graph.world.setPod(graph.job("b"), { state: { running: {} }, log: "b was at it" });
  await graph.end({ a: 3 });
  assert.equal(graph.job("b").spec?.activeDeadlineSeconds, 1);
  assert.deepEqual(graph.running(), ["clean"]);
  await graph.end({ clean: 0 });
  const { status, result, message } = graph.finished();
  assert.deepEqual([status, result], ["succeeded", "fail"]);
  assert.match(message, /Task 'b' failed: it was stopped: task 'a' failed, and the action has `failFast`\./);
  assert.match(message, /b was at it/);
  assert.match(message, /Task 'c' did not run: it needs 'b', which failed\./);
});

test("a task that cannot start is stopped, and the others go on", async (context) => {
  const graph = await startGraph(context, { a: "", b: "needs: []", clean: "when: always" });
  graph.world.setPod(graph.job("b"), { state: { waiting: { reason: "ErrImageNeverPull", message: "no such image" } } });
  graph.world.pass(200);
  await graph.sweep();
  assert.deepEqual(graph.running(), ["a"]);
  assert.equal(graph.world.notes.filter((reason) => reason === "CouldNotStart").length, 1);
  await graph.end({ a: 0 });
  await graph.end({ clean: 0 });
  const { status, message } = graph.finished();
  assert.equal(status, "errored");
  assert.match(message, /Task 'b' failed: it could not start: .*no such image/);
});

test("a Job that somebody deletes is an error of its task alone", async (context) => {
  const graph = await startGraph(context, { a: "", b: "needs: []", clean: "when: always" });
  const { namespace = "", name = "", uid = "" } = graph.job("b").metadata ?? {};
  await graph.world.ports.jobs.delete({ namespace, name, uid });
  await graph.end({ a: 0 });
  assert.deepEqual(graph.running(), ["clean"]);
  await graph.end({ clean: 0 });
  assert.equal(graph.finished().status, "errored");
  assert.match(graph.finished().message, /Task 'b' failed: it did not end: its Job jobs\/\S+ was deleted\./);
});

test("the task of a deleted Job stays failed, even if its pod still succeeds", async (context) => {
  const graph = await startGraph(context, { a: "", undo: "when: failure", c: "needs: [a]" });
  const { namespace = "", name = "", uid = "" } = graph.job("a").metadata ?? {};
  graph.world.setPod(graph.job("a"), { state: { running: {} } });
  await graph.world.ports.jobs.delete({ namespace, name, uid });
  await graph.sweep();
  assert.equal(graph.job("a").spec?.activeDeadlineSeconds, 1);
  assert.deepEqual(graph.running(), ["undo"]);
  await graph.end({ a: 0 });
  assert.deepEqual(graph.running(), ["undo"]);
  await graph.end({ undo: 0 });
  assert.equal(graph.finished().status, "errored");
  assert.match(graph.finished().message, /Task 'a' failed: it did not end: its Job jobs\/\S+ was deleted\./);
  assert.match(graph.finished().message, /Task 'c' did not run: it needs 'a', which failed\./);
});

test("failFast closes a ready task before a cleanup starts: another delivery may be about to release it", async (context) => {
  const tasks = { a: "", b: "needs: []", c: "needs: [b]", clean: "when: always" };
  const graph = await startGraph(context, tasks, "failFast: true");
  const { jobs } = graph.world.ports;
  let failed = false;
  const patch: typeof jobs.patch = async (job, change) => {
    if (change.suspend === false && !failed) {
      failed = true;
      await graph.end({ a: 1 });
    }
    return jobs.patch(job, change);
  };
  graph.world.end(graph.job("b"), { exitCode: 0 });
  const run = { runId: graph.job("a").metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  await reconcileRun({ ...graph.world.ports, jobs: { ...jobs, patch } }, run);
  assert.ok(failed);
  assert.deepEqual(graph.running(), ["clean"]);
});

test("the worst result counts, results merge in config order, and differences are logged", async (context) => {
  const graph = await startGraph(context, { a: "", b: "needs: []" });
  await graph.end({ b: 0 }, '{"result": "pass", "deployment": {"uri": "http://b"}}');
  await graph.end({ a: 0 }, '{"result": "warning", "deployment": {"uri": "http://a"}}');
  assert.equal(graph.finished().result, "warning");
  assert.deepEqual((graph.finished() as unknown as Record<string, unknown>)["deployment"], { uri: "http://b" });
  const said = graph.world.lines.map(({ message }) => message).filter((message) => message.includes("differ"));
  const difference = "The results of 'a' and 'b' differ in deployment.uri: the value of 'b' counts.";
  assert.deepEqual(said, [difference]);
  assert.ok(graph.finished().message.endsWith(`\n${difference}\n`));
});

/** Its own container passed, and a sidecar failed. */
const podOf = ({ metadata }: Job): Pod => {
  const ended = (name: string, exitCode: number) => ({
    name,
    state: { terminated: { exitCode, reason: "Completed" } },
  });
  const containerStatuses = [ended("istio-proxy", 1), ended(metadata?.name ?? "", 0)] as ContainerStatus[];
  return { metadata: { name: "pod", namespace: "jobs" }, status: { phase: "Failed", containerStatuses } };
};

for (const [order, needs] of Object.entries({ "a line": "", "a graph": "needs: [a]" })) {
  test(`${order}: a failure whose pods cannot be listed counts for every delivery, also for one that can list them`, async (context) => {
    const { world, job, running, finished } = await startGraph(context, { a: "", b: needs });
    const { keptn, pods } = world.ports;
    const run = { runId: job("a").metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
    const seeing = { ...world.ports, pods: { ...pods, list: async () => [podOf(job("a"))] } };
    const send: typeof keptn.send = async (event) => {
      await reconcileRun(seeing, run);
      assert.deepEqual(running(), []);
      return keptn.send(event);
    };
    const list = () => Promise.reject(new IoError("pods is forbidden", { retryable: false, httpStatus: 403 }));
    world.end(job("a"), { exitCode: 1 });
    await reconcileRun({ ...world.ports, pods: { ...pods, list }, keptn: { ...keptn, send } }, run);
    assert.deepEqual([finished().status, finished().result], ["errored", "fail"]);
    assert.match(finished().message, /^Task 'a' failed: BackoffLimitExceeded/);
    assert.match(finished().message, /pods is forbidden/);
  });
}

test("a clean-up after a failure whose pods cannot be listed: the task stays failed when its pods can be listed again", async (context) => {
  const { world, job, running, end, finished } = await startGraph(context, {
    a: "",
    b: "needs: [a]",
    clean: "needs: [a], when: failure",
  });
  const { pods } = world.ports;
  const run = { runId: job("a").metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  const list = () => Promise.reject(new IoError("pods is forbidden", { retryable: false, httpStatus: 403 }));
  world.end(job("a"), { exitCode: 1 });
  await reconcileRun({ ...world.ports, pods: { ...pods, list } }, run);
  assert.deepEqual(running(), ["clean"]);
  await reconcileRun({ ...world.ports, pods: { ...pods, list: async () => [podOf(job("a"))] } }, run);
  await end({ clean: 0 });
  assert.deepEqual([finished().status, finished().result], ["errored", "fail"]);
});
