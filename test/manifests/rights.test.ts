// The Roles in manifests/ allow what the functions do, and nothing else: recorded from the functions at work.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { makeProgram as makeFinishTask } from "../../functions/finish-task/index.ts";
import { finalizer, label } from "../../functions/lib/core/annotations/annotations.ts";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { phaseOf, stateOf } from "../../functions/lib/core/run/run-state.ts";
import { makeProgram as makeStartJob } from "../../functions/start-job/index.ts";
import { until } from "../cluster/harness/world.ts";
import { type KeptnDouble, startKeptn } from "../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../doubles/keptn/settings.ts";
import { type ApiServer, type Client, startApiServer } from "../doubles/kubernetes/api-server.ts";
import type { Fate } from "../doubles/kubernetes/job-controller.ts";
import { buildWith, noKubectl } from "./overlays.ts";
import { writeWatchSpec } from "./watch-spec.ts";

const config = `apiVersion: v2
actions:
  - {name: a, events: [{name: sh.keptn.event}], tasks: [{name: one, image: alpine, files: [a]}, {name: two, image: alpine, env: [{name: A, valueFrom: task, value: $.one.a}]}]}
`;
const collection = "/apis/batch/v1/namespaces/keptn-jes/jobs";
const watches = "/apis/sources.knative.dev/v1/namespaces/keptn-jes/apiserversources";
const timers = "/apis/sources.knative.dev/v1/namespaces/keptn-jes/pingsources";

/** `batch jobs create`, for each thing that was done. */
/** @param applies it patches objects of Knative's by server-side apply */
const rightsOf = (calls: readonly string[], applies = false): string[] =>
  [...new Set(calls.flatMap((call) => rightOf(call, applies)))].sort();

const rightOf = (call: string, applies: boolean): string[] => {
  const [, method = "", group = "", resource, name, subresource] =
    /^(\w+) \/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/[^/]+)?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(call) ??
    [];
  const isApply = applies && group === "sources.knative.dev";
  const verbs: Record<string, string[]> = {
    POST: ["create"],
    PATCH: isApply ? ["patch", "create"] : ["patch"], // server-side apply may create
    DELETE: ["delete"],
    GET: [name ? "get" : "list"],
  };
  return (verbs[method] ?? []).map((verb) =>
    `${group} ${[resource, subresource].filter(Boolean).join("/")} ${verb}`.trim(),
  );
};

const allowedTo = async (account: string): Promise<string[]> => {
  const objects = await buildWith("manifests/overlays/in-cluster", ["snapshot-files"]);
  const bound = objects.filter(({ kind, subjects }) => kind === "RoleBinding" && subjects[0].name === account);
  const roles = objects.filter(
    ({ kind, metadata }) => kind === "Role" && bound.some((b) => b["roleRef"].name === metadata.name),
  );
  const rules = roles.flatMap(
    (role) => role["rules"] as { apiGroups: string[]; resources: string[]; verbs: string[] }[],
  );
  return [
    ...new Set(
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${group} ${resource} ${verb}`.trim())),
        ),
      ),
    ),
  ].sort();
};

describe("rights", { skip: noKubectl ?? false }, () => {
  let [keptn, kubernetes, start, finish]: [KeptnDouble?, ApiServer?, Client?, Client?] = [];
  let startJob: ReturnType<typeof makeStartJob>["handle"];
  let finishTask: ReturnType<typeof makeFinishTask>["handle"];
  /** A second process of it. */
  let finishTaskToo: typeof finishTask;
  before(async () => {
    [keptn, kubernetes] = await Promise.all([startKeptn(), startApiServer()]);
    [start, finish] = [await kubernetes.connect(), await kubernetes.connect()];
    keptn.plane.projects.addFiles(
      { project: "sockshop", stage: "dev", service: "carts" },
      { "job/config.yaml": config, a: "a" },
    );
    const env = {
      JOB_NAMESPACE: "keptn-jes",
      TIMER_NAMESPACE: "keptn-jes",
      FILES_MODE: "snapshot",
      LOG_LEVEL: "error",
      WATCH_NAME: "job-changes",
      WATCH_SPEC_DIR: await writeWatchSpec(),
    };
    kubernetes.store.subscribe(({ type, collection: where, object }) => {
      const status = { conditions: [{ type: "Ready", status: "True" }], observedGeneration: 1 };
      if (type === "add" && where === watches)
        setTimeout(() => kubernetes?.store.write(where, { ...object, status }), 50);
    });
    const settings = settingsFor(keptn, { ...env, START_GRACE_SECONDS: "0" });
    process.env["KUBECONFIG"] = start.kubeconfig;
    startJob = makeStartJob(settings).handle;
    process.env["KUBECONFIG"] = finish.kubeconfig;
    [finishTask, finishTaskToo] = [makeFinishTask(settings).handle, makeFinishTask(settings).handle];
  });
  after(() => Promise.all([keptn?.close(), kubernetes?.close()]));

  const jobsOf = (eventId: string): Job[] =>
    kubernetes!.jobs().filter(({ metadata }) => metadata?.labels?.[label.eventId] === eventId);
  /** What is left to start-job behind its answers. */
  const afters: (() => Promise<void>)[] = [];
  const trigger = async (fate: Fate) => {
    kubernetes!.fateOf = () => ({ message: '{"a": 1}', ...fate });
    const event = keptn!.trigger({ type: "sh.keptn.event.deployment.triggered" });
    const { after } = await startJob(event);
    if (after) afters.push(after);
    return event;
  };
  const ended = (id: string, count: number) =>
    until(
      "the task ended",
      () => jobsOf(id).filter((job) => ["succeeded", "failed"].includes(phaseOf(job))).length === count,
    );
  const tell = async (id: string, _?: object, to = finishTask) => {
    for (const job of jobsOf(id))
      await to({ type: "dev.knative.apiserver.resource.update", data: { kind: "Job", ...job } });
  };

  before(async () => {
    // A run that goes well, told by events, at last by two at once.
    const well = await trigger({ log: "well" });
    await ended(well.id, 1);
    await tell(well.id);
    await ended(well.id, 2);
    await Promise.all([tell(well.id), tell(well.id, well, finishTaskToo)]); // one of them finds what it wanted to do done
    // One whose second task misses its value: another delivery may have found it.
    const lacking = await trigger({ message: "{}" });
    await ended(lacking.id, 1);
    await tell(lacking.id);
    // One that fails; start-job comes to its end by the same event again.
    const failing = await trigger({ exitCode: 1, log: "badly" });
    await ended(failing.id, 1);
    await startJob(failing);
    // One that could not be announced: the event again finds its Jobs and their files.
    keptn!.fault({ on: /^POST v1\/event/, kind: "reset" });
    kubernetes!.fateOf = () => ({ log: "unheard", message: '{"a": 1}' });
    const unheard = keptn!.trigger({ type: "sh.keptn.event.deployment.triggered" });
    await assert.rejects(async () => startJob(unheard));
    for (const { metadata } of jobsOf(unheard.id)) {
      const job = kubernetes!.store.get(collection, metadata?.name ?? "")!;
      const creationTimestamp = "2026-01-01T00:00:00Z"; // its creator is dead
      kubernetes!.store.write(collection, { ...job, metadata: { ...job.metadata, creationTimestamp } });
    }
    await startJob(unheard);
    await ended(unheard.id, 1);
    await tell(unheard.id);
    await ended(unheard.id, 2);
    await tell(unheard.id);
    // One whose pod cannot start, and one whose pod is gone: found by the sweep, and by the event again.
    await trigger({ stuck: { reason: "ErrImagePull", message: "none" } });
    const old = kubernetes!.store.get(watches, "job-changes")!;
    kubernetes!.store.write(watches, { ...old, metadata: { ...old.metadata, annotations: {} } }); // renewed: a run is open
    await finishTask({ type: "ping", data: { action: "sweep" } });
    for (const act of [tell, (_: string, event: object) => startJob(event)]) {
      const lost = await trigger({ exitCode: 1 });
      await ended(lost.id, 1);
      for (const { metadata } of kubernetes!.store.list((name) => name.endsWith("/pods"))) {
        kubernetes!.store.delete("/api/v1/namespaces/keptn-jes/pods", metadata.name);
      }
      await act(lost.id, lost);
    }
    // One that somebody changed by hand: what a failed guard means has to be looked at.
    const changed = await trigger({ log: "late", afterMs: 50 });
    for (const { metadata } of jobsOf(changed.id)) {
      const job = kubernetes!.store.get(collection, metadata?.name ?? "")!;
      kubernetes!.store.write(collection, { ...job, metadata: { ...job.metadata, finalizers: ["other", finalizer] } });
    }
    await ended(changed.id, 1);
    await tell(changed.id);
    await ended(changed.id, 2);
    await startJob(changed);
    await afters[0]?.();
    // Nothing is open any more: the watch goes, and the timer.
    assert.ok(kubernetes!.jobs().every((job) => stateOf(job) === "reported"));
    const untouch = (where: string, name: string) => {
      const object = kubernetes!.store.get(where, name)!;
      kubernetes!.store.write(where, { ...object, metadata: { ...object.metadata, annotations: {} } });
    };
    untouch(timers, "job-executor-sweep");
    untouch(watches, "job-changes");
    await finishTask({ type: "ping", data: { action: "sweep" } });
    for (const [where, name] of [
      [timers, "job-executor-sweep"],
      [watches, "job-changes"],
    ] as const)
      assert.equal(kubernetes!.store.get(where, name), undefined);
  });

  test("of start-job are those that it uses", async () => {
    assert.deepEqual(await allowedTo("start-job"), rightsOf(start!.calls, true));
  });
  test("of finish-task are those that it uses", async () => {
    assert.deepEqual(await allowedTo("finish-task"), rightsOf(finish!.calls));
  });
  test("of nobody reach a Secret, or another namespace", async () => {
    const objects = await buildWith("manifests/overlays/in-cluster", []);
    assert.deepEqual(
      objects.filter(({ kind }) => kind.startsWith("ClusterRole")),
      [],
    );
    const resources = objects
      .flatMap(({ kind, rules }) => (kind === "Role" ? rules : []))
      .flatMap((rule) => rule.resources);
    assert.ok(resources.length > 5 && !resources.includes("secrets") && !resources.includes("*"));
  });
  test("of a task are none", async () => {
    assert.deepEqual(await allowedTo("job-executor-task"), []);
  });
});
