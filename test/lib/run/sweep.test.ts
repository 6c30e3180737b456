// The sweep on a large, partly broken or slow cluster, through the production client.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { finishTask } from "../../../functions/finish-task/handler.ts";
import { annotation, label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import { connectApi } from "../../../functions/lib/kubernetes/api.ts";
import { connectJobs } from "../../../functions/lib/kubernetes/jobs.ts";
import { connectPods } from "../../../functions/lib/kubernetes/pods.ts";
import { type SweepPorts, sweep } from "../../../functions/lib/run/sweep.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { type ApiServer, startApiServer } from "../../doubles/kubernetes/api-server.ts";
import { openWorld, type World } from "../../doubles/world.ts";

const type = "sh.keptn.event.deployment.triggered";
const sweepEvent = { type: "dev.knative.sources.ping", data: { action: "sweep" } };

interface Cluster {
  readonly world: World;
  readonly server: ApiServer;
  readonly ports: World["ports"];
  /** Starts a run with a task in each of these namespaces. @returns the event's id */
  begin(...namespaces: readonly string[]): Promise<string>;
  jobsOf(eventId: string): readonly Job[];
}

const openCluster = async (context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Cluster> => {
  const server = await startApiServer();
  context.after(() => server.close());
  const world = await openWorld(context, { ALLOWED_NAMESPACES: "jobs,team-a,team-b", ...env });
  const api = connectApi({ kubeconfig: server.kubeconfig, budgetSeconds: 1 });
  const ports = { ...world.ports, jobs: connectJobs(api), pods: connectPods(api) };
  server.fateOf = () => ({ afterMs: 1e6 });
  return {
    ...{ world, server, ports },
    begin: async (...namespaces) => {
      const tasks = namespaces.map((name, i) => `{name: task-${i + 1}, image: alpine, namespace: ${name}}`);
      world.configure(
        `apiVersion: v2\nactions:\n  - {name: deploy, events: [{name: ^${type}$}], tasks: [${tasks.join(", ")}]}\n`,
      );
      const event = world.keptn.trigger({ type });
      assert.equal((await startJob(ports)(event)).statusCode, 204);
      return event.id;
    },
    jobsOf: (eventId) =>
      server.jobs().filter(({ metadata }) => metadata?.annotations?.[annotation.event]?.includes(eventId)),
  };
};

/** Once their pods exist, as with the Job controller. No change is delivered. */
const endAll = async (server: ApiServer): Promise<void> => {
  for (const collection of server.store.collections().filter((name) => name.endsWith("/jobs")))
    for (const { metadata } of server.store.list((one) => one === collection)) {
      const read = () => server.store.get(collection, metadata.name);
      if ((read() as Job | undefined)?.spec?.suspend !== false) continue;
      while (!(read() as Job).status?.startTime) await new Promise(setImmediate);
      const { startTime } = (read() as Job).status ?? {};
      const conditions = [{ type: "Complete", status: "True" }];
      server.store.write(collection, { ...read()!, status: { startTime, conditions } });
    }
};
const isComplete = ({ world }: Cluster, id: string): boolean => world.keptn.counts(id)?.state === "complete";
const warnings = ({ world }: Cluster): string[] =>
  world.lines.filter(({ level }) => level === "warn").map(({ message }) => message);

describe("a namespace without permissions", () => {
  test("is logged once per sweep with a fix; other runs go on, and the timer stays for its runs", async (context) => {
    const cluster = await openCluster(context);
    const [here, there] = [await cluster.begin("jobs"), await cluster.begin("team-b")];
    await endAll(cluster.server);
    cluster.server.setNamespace("team-b", "forbidden");
    cluster.world.pass(3600);
    assert.deepEqual(await sweep(cluster.ports), { open: 1, failed: 0, left: 0, unread: 1 });
    assert.deepEqual([isComplete(cluster, here), isComplete(cluster, there)], [true, false]);
    const [said, ...more] = warnings(cluster);
    assert.deepEqual(more, []);
    assert.match(said ?? "", /^The Jobs in namespace team-b cannot be listed, .* 403 .*RoleBinding: kubectl/);
    assert.deepEqual(await sweep(cluster.ports), { open: 0, failed: 0, left: 0, unread: 1 });
    assert.ok(cluster.world.timer.exists());
    cluster.server.setNamespace("team-b", undefined);
    await sweep(cluster.ports);
    assert.ok(isComplete(cluster, there));
    await sweep(cluster.ports);
    assert.ok(!cluster.world.timer.exists());
  });

  test("is not taken for missing Jobs by a run that also has tasks elsewhere", async (context) => {
    const cluster = await openCluster(context);
    const id = await cluster.begin("jobs", "team-b");
    cluster.server.setNamespace("team-b", "forbidden");
    cluster.world.pass(3600);
    assert.deepEqual(await sweep(cluster.ports), { open: 1, failed: 1, left: 0, unread: 1 });
    assert.equal(cluster.world.sent("finished").length, 0);
    cluster.server.setNamespace("team-b", undefined);
    await endAll(cluster.server);
    await sweep(cluster.ports);
    await endAll(cluster.server);
    await sweep(cluster.ports);
    assert.ok(isComplete(cluster, id));
    assert.equal(cluster.world.sent("finished").at(-1)?.data["result"], "pass");
  });

  test("that is being deleted ends its runs, and no finalizer of ours blocks it", async (context) => {
    const cluster = await openCluster(context);
    const [here, there] = [await cluster.begin("jobs"), await cluster.begin("team-b")];
    cluster.server.setNamespace("team-b", "terminating");
    assert.equal(cluster.jobsOf(there).length, 1);
    await sweep(cluster.ports);
    assert.deepEqual([isComplete(cluster, here), isComplete(cluster, there)], [false, true]);
    assert.equal(cluster.world.sent("finished").at(-1)?.data["status"], "errored");
    while (cluster.jobsOf(there).length > 0) await new Promise(setImmediate);
  });

  test("where pods cannot be listed still gets its runs reported, with a note", async (context) => {
    const cluster = await openCluster(context);
    const id = await cluster.begin("team-a");
    const forbidden = connectPods({
      ...connectApi({ kubeconfig: cluster.server.kubeconfig }),
      call: async (call) =>
        connectApi({ kubeconfig: cluster.server.kubeconfig }).call({
          ...call,
          path: call.path.replace("/namespaces/team-a/pods", "/namespaces/closed/pods"),
        }),
    });
    cluster.server.setNamespace("closed", "forbidden");
    const ports = { ...cluster.ports, pods: { ...cluster.ports.pods, list: forbidden.list } };
    assert.deepEqual(await sweep(ports), { open: 1, failed: 0, left: 0, unread: 0 });
    await endAll(cluster.server);
    await sweep(ports);
    assert.ok(isComplete(cluster, id));
    const { result, message } = cluster.world.sent("finished").at(-1)?.data ?? {};
    assert.equal(result, "pass");
    assert.match(
      String(message),
      /finished successfully!\nIts pods could not be read: .*403.*permission to list pods in namespace team-a\./,
    );
  });
});

describe("a task whose Job somebody deletes", () => {
  test("is stopped at once, even while Keptn is away", async (context) => {
    const cluster = await openCluster(context);
    const { server, world } = cluster;
    const id = await cluster.begin("jobs");
    const pods = () => server.store.list((collection) => collection.endsWith("/pods"));
    while (pods().length === 0) await new Promise(setImmediate);
    const collection = "/apis/batch/v1/namespaces/jobs/jobs";
    server.store.delete(collection, cluster.jobsOf(id)[0]?.metadata?.name ?? ""); // as kubectl does: background deletion
    assert.equal(pods().length, 1);
    world.keptn.fault({ on: /./, kind: { status: 503 }, times: Number.POSITIVE_INFINITY });
    assert.equal((await sweep(cluster.ports)).failed, 1);
    while (pods().length > 0) await new Promise(setImmediate);
    world.keptn.clearFaults();
    await sweep(cluster.ports);
    assert.ok(isComplete(cluster, id));
    assert.match(String(world.sent("finished").at(-1)?.data["message"]), /^Task 'task-1' did not end: .* was deleted/);
  });
});

test("earlier runs are found after JOB_NAMESPACE, ALLOWED_NAMESPACES and FULL_DEPLOYMENT_NAME changed", async (context) => {
  const cluster = await openCluster(context);
  const id = await cluster.begin("team-b");
  const changed = { JOB_NAMESPACE: "tasks", ALLOWED_NAMESPACES: ["tasks"], FULL_DEPLOYMENT_NAME: "executor" };
  const ports = { ...cluster.ports, settings: { ...cluster.ports.settings, ...changed } };
  assert.equal((await sweep(ports)).open, 1);
  await endAll(cluster.server);
  await sweep(ports);
  assert.ok(isComplete(cluster, id));
  cluster.server.setNamespace("team-b", "forbidden");
  cluster.world.pass(3600);
  await sweep(ports);
  assert.match(warnings(cluster)[0] ?? "", /namespace team-b .*The settings no longer name it: if no run is open/);
  assert.ok(cluster.world.timer.exists());
});

describe("many runs", () => {
  const addRuns = async (cluster: Cluster, count: number, padBytes = 0): Promise<void> => {
    const [template] = cluster.jobsOf(await cluster.begin("jobs"));
    for (let i = 1; i < count; i++) {
      const run = `${i.toString(16).padStart(24, "0")}-001`;
      const job = JSON.parse(
        JSON.stringify(template).replaceAll(template?.metadata?.labels?.[label.run] ?? "", run),
      ) as never as { metadata: { annotations: Record<string, string> } };
      job.metadata.annotations["example.org/pad"] = "x".repeat(padBytes);
      cluster.server.store.create("/apis/batch/v1/namespaces/jobs/jobs", job as never);
    }
  };

  test("are skipped at random when time is up, and never always the same ones", async (context) => {
    const cluster = await openCluster(context);
    await addRuns(cluster, 60);
    const moved = new Set<string>();
    // The chance that one of them is never among 15 of 60 in a hundred sweeps is 1 in 10^11.
    for (let minute = 0; minute < 100; minute++) {
      // Every read of a run takes 5 s.
      const jobs: SweepPorts["jobs"] = {
        ...cluster.ports.jobs,
        listRun: async (runId) => {
          moved.add(runId);
          cluster.world.pass(5);
          return [];
        },
      };
      const { open, left } = await sweep({ ...cluster.ports, jobs });
      assert.equal(open, 60);
      assert.ok(left > 40);
    }
    assert.equal(moved.size, 60);
    assert.match(warnings(cluster)[0] ?? "", /^out of time, \d+ runs not moved; the next sweep uses another order$/);
  });

  /** The calls of a sweep to the API server: `GET jobs` one by name, `LIST jobs` by label. */
  const callsOfSweep = async ({ server, ports }: Cluster): Promise<Record<string, number>> => {
    const before = server.calls.length;
    assert.equal((await sweep(ports)).failed, 0);
    const counts: Record<string, number> = {};
    for (const call of server.calls.slice(before)) {
      const [, verb = "", kind = "", name] = /^(\w+) .*\/namespaces\/[^/]+\/(\w+)(\/.+)?$/.exec(call) ?? [];
      const what = `${verb === "GET" && !name ? "LIST" : verb} ${kind}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  };

  test("that need nothing cost one GET each, by name: for a list by label the API server scans every Job", async (context) => {
    const cluster = await openCluster(context);
    await addRuns(cluster, 40);
    while (cluster.server.jobs().some(({ status }) => status?.ready !== 1)) await new Promise(setImmediate);
    cluster.world.pass(3600);
    assert.deepEqual(await callsOfSweep(cluster), { "LIST jobs": 3, "GET jobs": 40 }); // one list per namespace
  });

  test("with several tasks are read by name, Job by Job; with a list when one is missing", async (context) => {
    const cluster = await openCluster(context);
    const id = await cluster.begin("jobs", "jobs", "jobs");
    while (cluster.jobsOf(id)[0]?.status?.ready !== 1) await new Promise(setImmediate);
    assert.deepEqual(await callsOfSweep(cluster), { "LIST jobs": 3, "GET jobs": 3 });
    const collection = "/apis/batch/v1/namespaces/jobs/jobs";
    const last = cluster.server.store.get(collection, cluster.jobsOf(id)[2]?.metadata?.name ?? "")!;
    cluster.server.store.write(collection, { ...last, metadata: { ...last.metadata, finalizers: [] } });
    cluster.server.store.delete(collection, last.metadata.name);
    cluster.world.pass(3600);
    const { "LIST jobs": lists, "GET jobs": gets } = await callsOfSweep(cluster);
    assert.ok(lists! > 3 && gets === 3);
    assert.match(String(cluster.world.sent("finished").at(-1)?.data["message"]), /task-3/);
  });

  test("are listed page by page, even when a full page would be too large", async (context) => {
    const cluster = await openCluster(context);
    await addRuns(cluster, 30, 400_000);
    const { open, failed } = await sweep(cluster.ports);
    assert.deepEqual([open, failed], [30, 0]);
  });

  test("with one Job larger than any page are all reconciled", async (context) => {
    const cluster = await openCluster(context);
    await addRuns(cluster, 3, 5_000_000);
    const read = new Set<string>();
    const jobs: SweepPorts["jobs"] = {
      ...cluster.ports.jobs,
      listRun: async (runId, ...rest) => {
        const found = await cluster.ports.jobs.listRun(runId, ...rest);
        read.add(runId);
        return found;
      },
    };
    assert.deepEqual(await sweep({ ...cluster.ports, jobs }), { open: 3, failed: 0, left: 0, unread: 0 });
    assert.equal(read.size, 3);
  });

  test("that cannot be reconciled are logged in twenty lines and a count", async (context) => {
    const cluster = await openCluster(context);
    await addRuns(cluster, 30);
    const fails = { ...cluster.ports.jobs, listRun: () => Promise.reject(new Error("no")) };
    assert.equal((await sweep({ ...cluster.ports, jobs: fails })).failed, 30);
    assert.equal(warnings(cluster).length, 21);
    assert.equal(warnings(cluster).at(-1), "could not move 10 more runs");
  });
});

test("a second sweep in the same process returns at once and leaves the work to the first", async (context) => {
  const cluster = await openCluster(context);
  await cluster.begin("jobs");
  const { promise, resolve } = Promise.withResolvers<void>();
  let lists = 0;
  const jobs: SweepPorts["jobs"] = {
    ...cluster.ports.jobs,
    listOpen: async (scopes) => {
      lists += 1;
      await promise;
      return cluster.ports.jobs.listOpen(scopes);
    },
  };
  const sweeps = { underWay: false };
  const deliver = () => finishTask({ ...cluster.ports, jobs }, new Set(), sweeps)(sweepEvent);
  const first = deliver();
  const others = await Promise.all(Array.from({ length: 63 }, deliver));
  assert.ok(others.every(({ statusCode, why }) => statusCode === 204 && why === "another sweep is in progress"));
  resolve();
  assert.match((await first).why, /^1 open runs, 0 could not be moved/);
  assert.equal(lists, 1);
  await deliver();
  assert.equal(lists, 2);
});
