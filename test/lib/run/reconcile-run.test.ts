// A run's Jobs name its namespaces, and somebody may have forged them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotation, label } from "../../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../../functions/lib/core/kubernetes.ts";
import type { JobRef, Jobs } from "../../../functions/lib/kubernetes/ports.ts";
import { reconcileRun } from "../../../functions/lib/run/reconcile-run.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { openWorld } from "../../doubles/world.ts";
import { makeJobs, testRunId } from "../../runs.ts";

/** Runs in `namespace`, and claims that its run is there and in another namespace. */
const forge = (namespace: string, other: string): Job => {
  const [job] = makeJobs({ phases: ["running"], announced: "2026-01-02T03:04:05.000Z", namespace });
  assert.ok(job?.metadata?.annotations);
  const { [annotation.spec]: text = "" } = job.metadata.annotations;
  const chain = JSON.parse(text);
  const jobs = [...chain.jobs, { ...chain.jobs[0], namespace: other }];
  job.metadata.annotations[annotation.spec] = JSON.stringify({ ...chain, jobs });
  return job;
};

test("Jobs that refer to further namespaces are followed, each namespace once", async (context) => {
  const world = await openWorld(context);
  const there = new Map(["a>b", "b>c", "c>a"].map((way) => [way[0] ?? "", forge(way[0] ?? "", way[2] ?? "")]));
  const asked: (readonly string[])[] = [];
  const listRun = async (_: string, namespaces: readonly string[]): Promise<Job[]> => {
    asked.push(namespaces);
    return namespaces.toReversed().flatMap((namespace) => there.get(namespace) ?? []); // a new namespace leads to the next
  };
  const rest = await reconcileRun(
    { ...world.ports, jobs: { ...world.ports.jobs, listRun } },
    { runId: testRunId(), namespaces: ["a"] },
  );
  assert.equal(rest.kind, "wait");
  assert.deepEqual(asked, [["a"], ["a", "b"], ["a", "b", "c"]]);
});

test("a delivery that meets two tasks with a failed sidecar checks both failures", async (context) => {
  const world = await openWorld(context);
  const task = (name: string): string => `{name: ${name}, image: alpine}`;
  const type = "sh.keptn.event.deployment.triggered";
  world.configure(`apiVersion: v2
actions: [{name: deploy, events: [{name: ${type}}], tasks: [${["one", "two", "three"].map(task).join(", ")}]}]`);
  const event = world.keptn.trigger({ type });
  await startJob(world.ports)(event);
  const sidecar = { name: "a-sidecar", image: "x", imageID: "", ready: false, restartCount: 0 };
  const failed = { ...sidecar, state: { terminated: { exitCode: 1, reason: "Error" } } };
  const pods = {
    ...world.ports.pods,
    list: async (ref: JobRef) =>
      (await world.ports.pods.list(ref)).map(({ status, ...pod }) => ({
        ...pod,
        status: { ...status, containerStatuses: [failed, ...(status?.containerStatuses ?? [])] },
      })),
  };
  /** The task's container passes, but its Job fails. */
  const endBesideSidecar = (job: Job | undefined): void => {
    assert.ok(job);
    world.end(job, { exitCode: 1 });
    const at = world.ports.clock.now().toISOString();
    world.setPod(job, { state: { terminated: { exitCode: 0, reason: "Completed", startedAt: at, finishedAt: at } } });
  };
  const run = { runId: world.jobs()[0]?.metadata?.labels?.[label.run] ?? "", namespaces: ["jobs"] };
  endBesideSidecar(world.jobs()[0]);
  let isFirst = true;
  const patch: Jobs["patch"] = async (ref, change) => {
    if (!isFirst) return world.ports.jobs.patch(ref, change);
    isFirst = false;
    await reconcileRun({ ...world.ports, pods }, run); // another delivery is faster, and the second task ends right away
    endBesideSidecar(world.jobs()[1]);
    return "stale";
  };
  await reconcileRun({ ...world.ports, pods, jobs: { ...world.ports.jobs, patch } }, run);
  assert.deepEqual(world.sent("finished"), []);
  assert.equal(world.jobs()[2]?.spec?.suspend, false);
});
