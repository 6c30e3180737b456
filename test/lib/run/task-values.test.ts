// The result of a task as a variable of a later task: the later one starts with the right value, or not at all.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { annotation, label } from "../../../functions/lib/core/annotations/annotations.ts";
import { phaseOf, stateOf } from "../../../functions/lib/core/run/run-state.ts";
import { IoError } from "../../../functions/lib/io-error.ts";
import { reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld } from "../../doubles/world.ts";
import { type GraphWorld, startGraph } from "./graph-world.ts";

const take = (...paths: readonly string[]): string =>
  `env: [${paths.map((path, i) => `{name: V${i}, valueFrom: task, value: '${path}'}`).join(", ")}]`;

/** Two tasks, one after the other. */
const start = (context: TestContext, ...paths: readonly string[]): Promise<GraphWorld> =>
  startGraph(context, { build: "", deploy: take(...paths) });

/** The variables that a pod of this task gets. */
const variablesOf = ({ world, job }: GraphWorld, name: string): Record<string, string | undefined> => {
  const { metadata, spec } = job(name);
  const own = spec?.template.spec?.containers[0]?.env ?? [];
  const taken = own.flatMap(({ name: variable, valueFrom }) => {
    const { name: map, key = "", optional } = valueFrom?.configMapKeyRef ?? {};
    if (map === undefined) return [];
    assert.ok(!optional, "without its value it would run all the same");
    const found = world.snapshots.maps.find((one) => one.metadata?.name === map);
    assert.equal(found?.metadata?.ownerReferences?.[0]?.uid, metadata?.uid);
    assert.ok(found?.immutable);
    return [[variable, found.data?.[key]]];
  });
  return Object.fromEntries(taken);
};

test("values of an earlier task are stored before the later task is released", async (context) => {
  const run = await start(context, "$.build.image", "$.build.tags[*]", "$.build");
  await run.end({ build: 0 }, '{"image": "carts:1.10", "tags": ["a", "b"], "project": "Keptn sets this itself"}');
  assert.deepEqual(run.running(), ["deploy"]);
  const whole = '{"image":"carts:1.10","tags":["a","b"]}';
  assert.deepEqual(variablesOf(run, "deploy"), { V0: "carts:1.10", V1: '["a","b"]', V2: whole });
  assert.equal(
    run.world.snapshots.maps[0]?.metadata?.labels?.[label.run],
    run.job("deploy").metadata?.labels?.[label.run],
  );
  await run.end({ deploy: 0 });
  assert.equal(run.finished().result, "pass");
});

test("a YAML result works, and so does that of a task whose failure is tolerated", async (context) => {
  const run = await startGraph(context, { build: "onError: continue", deploy: take("$.build.image") });
  await run.end({ build: 1 }, "image: carts:1.10\n");
  assert.deepEqual(variablesOf(run, "deploy"), { V0: "carts:1.10" });
});

test("each earlier task is read once, even two steps back", async (context) => {
  const run = await startGraph(context, {
    build: "",
    unit: "needs: [build]",
    ui: "needs: [build]",
    publish: `needs: [unit, ui], ${take("$.build.n", "$.unit.n", "$.ui.n", "$.build.n")}`,
  });
  await run.end({ build: 0 }, '{"n": 1}');
  await run.end({ unit: 0 }, '{"n": 2}');
  await run.end({ ui: 0 }, '{"n": 3.10}');
  assert.deepEqual(variablesOf(run, "publish"), { V0: "1", V1: "2", V2: "3.1", V3: "1" });
});

const missing: readonly (readonly [string, string | undefined, RegExp])[] = [
  [
    "a path that is not there",
    '{"imag": 1, "url": 2}',
    /needs "\$\.build\.image", but the result of task 'build' does not have it: it has "imag", "url"\. Did you mean "imag"\?/,
  ],
  ["an empty result", "{}", /it is empty/],
  ["no result", undefined, /task 'build' wrote no result \(KEPTN_RESULT\)/],
  ["a result that is a text", "carts:1.10 is built", /is not a JSON or YAML object: "carts:1\.10 is built"/],
  ["a result of which only the end was kept", `${"x".repeat(4095)}}`, /is longer than 4096 bytes/],
  ["a value with NUL", '{"image": "a\\u0000b"}', /NUL/],
  ["a value that was no UTF-8", '{"image": "caf\ufffd"}', /is not in UTF-8 \(line 1, column 15\)/],
  [
    "a value beyond what Linux takes",
    `{"image": ${JSON.stringify("x".repeat(131_072))}}`,
    /longer than Linux's limit of 131071 bytes/,
  ],
];

for (const [what, result, why] of missing) {
  test(`${what} fails the task that needs it, which never runs`, async (context) => {
    const run = await start(context, "$.build.image");
    await run.end({ build: 0 }, result);
    const { status, result: verdict, message } = run.finished();
    // An unreadable result also fails the task that wrote it.
    assert.deepEqual([status, verdict], [what.includes("only the end") ? "succeeded" : "errored", "fail"]);
    assert.match(message, /Task 'deploy' failed: it could not start: the variable V0 needs/);
    assert.match(message, why);
    assert.deepEqual(run.world.snapshots.maps, []);
    assert.deepEqual(run.world.jobs().map(stateOf), ["reported"], "the Job that never ran is gone");
    assert.ok(run.world.notes.includes("CouldNotStart"));
  });
}

test("in a graph only that task fails: rollback and cleanup still run", async (context) => {
  const run = await startGraph(context, {
    build: "",
    deploy: `needs: [build], ${take("$.build.image")}`,
    unit: "needs: [build]",
    "roll back": "when: failure",
    "clean up": `when: always, ${take("$.unit.report")}`,
  });
  await run.end({ build: 0 }, '{"url": 1}');
  assert.deepEqual(run.running(), ["unit"]);
  assert.equal(phaseOf(run.job("deploy")), "failed");
  assert.equal(run.job("deploy").spec?.suspend, true);
  await run.end({ unit: 0 }, '{"report": "r.xml"}');
  await run.end({ "roll back": 0 });
  assert.deepEqual(variablesOf(run, "clean up"), { V0: "r.xml" });
  await run.end({ "clean up": 0 });
  const { status, result, message } = run.finished();
  assert.deepEqual([status, result], ["errored", "fail"]);
  assert.match(message, /Task 'deploy' failed: it could not start: .*"\$\.build\.image"/);
  assert.match(message, /Task 'roll back' finished successfully/);
});

test("onError also applies to a missing value", async (context) => {
  const run = await startGraph(context, { build: "", deploy: `onError: warn, ${take("$.build.image")}`, last: "" });
  await run.end({ build: 0 });
  assert.deepEqual(run.running(), ["last"]);
  await run.end({ last: 0 });
  assert.equal(run.finished().result, "warning");
});

test("a task that never ran has no values, and its cleanup says so", async (context) => {
  const run = await startGraph(context, { build: "", deploy: "", "clean up": `when: always, ${take("$.deploy.url")}` });
  await run.end({ build: 1 });
  assert.match(run.finished().message, /Task 'clean up' failed: it could not start: .* task 'deploy' did not run/);
});

test("a pod that is gone takes its result with it", async (context) => {
  const run = await start(context, "$.build.image");
  run.world.end(run.job("build"), { exitCode: 0, result: '{"image": "a"}' });
  run.world.removePod(run.job("build"));
  await run.sweep();
  assert.match(run.finished().message, /task 'build' no longer has a pod, and its result is gone/);
});

test("a task that failed while its pods could not be listed has no values", async (context) => {
  const graph = await startGraph(context, { build: "", "clean up": `when: always, ${take("$.build.image")}` });
  const { ports } = graph.world;
  const list = () => Promise.reject(new IoError("pods is forbidden", { retryable: false, httpStatus: 403 }));
  graph.world.end(graph.job("build"), { exitCode: 1, result: '{"image": "a"}' });
  const runId = graph.job("build").metadata?.labels?.[label.run] ?? "";
  await reconcileRun({ ...ports, pods: { ...ports.pods, list } }, { runId, namespaces: ["jobs"] });
  assert.match(graph.finished().message, /task 'build' failed, and finish-task is not permitted to list its pods/);
});

test("a delivery that died between the ConfigMap and the release is continued, even though the pod is gone", async (context) => {
  const run = await start(context, "$.build.image");
  const { snapshots } = run.world;
  snapshots.fault = { when: "after", error: new IoError("the connection is lost", { retryable: true }) };
  await assert.rejects(run.end({ build: 0 }, '{"image": "carts:1"}'), /connection is lost/);
  assert.deepEqual(run.running(), []);
  delete snapshots.fault;
  run.world.removePod(run.job("build"));
  await run.sweep();
  assert.deepEqual(run.running(), ["deploy"]);
  assert.deepEqual(variablesOf(run, "deploy"), { V0: "carts:1" });
});

test("concurrent deliveries write one ConfigMap and release the task once", async (context) => {
  const run = await start(context, "$.build.image");
  run.world.end(run.job("build"), { exitCode: 0, result: '{"image": "a"}' });
  await Promise.all([run.sweep(), run.sweep(), run.sweep()]);
  assert.equal(run.world.snapshots.maps.length, 1);
  assert.deepEqual(run.running(), ["deploy"]);
  assert.equal(run.world.notes.filter((note) => note === "Released").length, 2);
});

test("when one delivery sees the pod and another finds it gone, the task runs with its value or never", async (context) => {
  for (const isFirst of [true, false]) {
    const run = await start(context, "$.build.image");
    run.world.end(run.job("build"), { exitCode: 0, result: '{"image": "a"}' });
    const { pods, ...ports } = run.world.ports;
    const target = { runId: run.job("build").metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
    // The second delivery has read the pod, and waits until the first one is done.
    const gate = Promise.withResolvers<void>();
    const create = async (...given: Parameters<typeof ports.snapshots.create>) => {
      if (isFirst) await gate.promise;
      return ports.snapshots.create(...given);
    };
    const seeing = reconcileRun({ ...ports, pods, snapshots: { ...ports.snapshots, create } }, target);
    const blind = { ...pods, list: async () => [] };
    if (!isFirst) await seeing;
    await reconcileRun({ ...ports, pods: blind }, target);
    gate.resolve();
    await seeing;
    if (isFirst) assert.match(run.finished().message, /its result is gone/);
    else assert.deepEqual(run.running(), ["deploy"]);
  }
});

test("without permission to create ConfigMaps the task fails with Kubernetes' message; nothing hangs", async (context) => {
  const run = await start(context, "$.build.image");
  const error = new IoError("configmaps is forbidden: User finish-task cannot create", {
    retryable: false,
    httpStatus: 403,
  });
  run.world.snapshots.fault = { when: "before", error };
  await run.end({ build: 0 }, '{"image": "a"}');
  const { status, message } = run.finished();
  assert.equal(status, "errored");
  assert.match(message, /its values from earlier tasks cannot be stored: configmaps is forbidden/);
});

test("nothing is decided while Kubernetes is away", async (context) => {
  const run = await start(context, "$.build.image");
  run.world.snapshots.fault = { when: "before", error: new IoError("503", { retryable: true }) };
  await assert.rejects(run.end({ build: 0 }, '{"image": "a"}'), /503/);
  assert.equal(phaseOf(run.job("deploy")), "waiting");
  delete run.world.snapshots.fault;
  await run.sweep();
  assert.deepEqual(run.running(), ["deploy"]);
});

test("a result hidden by sidecars is still the result of the task", async (context) => {
  const run = await start(context, "$.build.image");
  const { world } = run;
  world.end(run.job("build"), { exitCode: 0 });
  const { uid = "", namespace = "", name = "" } = run.job("build").metadata ?? {};
  const end = {
    exitCode: 0,
    message: '{"image": "noted"}',
    sidecars: ["proxy"],
    ranOn: true,
    log: { head: "", tail: "", cutBytes: 0 },
  };
  const annotations = { [annotation.ownEnd]: JSON.stringify(end) };
  await world.ports.jobs.patch({ uid, namespace, name }, { annotations });
  world.removePod(run.job("build"));
  await run.sweep();
  assert.deepEqual(variablesOf(run, "deploy"), { V0: "noted" });
});

test("a task without such variables costs no ConfigMap and no read of a pod", async (context) => {
  const world = await openWorld(context);
  world.configure(
    "apiVersion: v2\nactions: [{name: a, events: [{name: deployment.triggered}], tasks: [{name: x, image: alpine}, {name: y, image: alpine}]}]",
  );
  await startJob(world.ports)(world.keptn.trigger({ type: "sh.keptn.event.deployment.triggered" }));
  const [first] = world.jobs();
  assert.ok(first);
  world.end(first, { exitCode: 0, result: '{"a": 1}' });
  const never = async () => assert.fail("nothing has to be asked");
  const snapshots = { create: never, isThere: never };
  const pods = { ...world.ports.pods, list: never };
  const target = { runId: first.metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  await reconcileRun({ ...world.ports, snapshots, pods }, target);
  assert.deepEqual(world.jobs().map(phaseOf), ["succeeded", "running"]);
});
