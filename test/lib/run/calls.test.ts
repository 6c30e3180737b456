// All calls of both functions to Kubernetes and Keptn for one run, over HTTP, so that their number does not grow unnoticed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { finishTask } from "../../../functions/finish-task/handler.ts";
import { connectKeptn } from "../../../functions/lib/keptn/keptn.ts";
import { connectKubernetes } from "../../../functions/lib/kubernetes/connect.ts";
import { startJob } from "../../../functions/start-job/handler.ts";
import { kindOf } from "../../bench/harness/rehearsal.ts";
import { type JobChange, watchDoubles } from "../../bench/harness/source.ts";
import { startKeptn } from "../../doubles/keptn/keptn-double.ts";
import { settingsFor } from "../../doubles/keptn/settings.ts";
import { startApiServer } from "../../doubles/kubernetes/api-server.ts";
import { writeWatchSpec } from "../../manifests/watch-spec.ts";

const type = "sh.keptn.event.deployment.triggered";
const watches = "/apis/sources.knative.dev/v1/namespaces/default/apiserversources";
const task = (name: string): string => `{name: ${name}, image: example.org/tool:1}`;
const config = `apiVersion: v2
actions: [{name: deploy, events: [{name: ${type}}], tasks: [${task("first")}, ${task("second")}]}]`;

const connect = (kubeconfig: string, keptn: Parameters<typeof settingsFor>[0], specFolder: string) => {
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = kubeconfig;
  try {
    const watch = { WATCH_NAME: "job-changes", WATCH_SPEC_DIR: specFolder };
    const settings = settingsFor(keptn, { JOB_NAMESPACE: "jobs", ...watch });
    const world = {
      clock: { now: () => new Date(), sleep: async () => {} },
      log: () => {},
      newHolderIdentity: () => "me",
    };
    return { ...connectKubernetes(settings, assert.fail), keptn: connectKeptn(settings), settings, ...world };
  } finally {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
  }
};

const countsOf = (calls: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const [method = "", path = ""] = call.split(" ");
    const kind = `${method} ${kindOf(`/${path}`)}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

test("a run of two tasks makes exactly these calls when it gets every change of its Jobs", async (context) => {
  const [keptn, kubernetes] = await Promise.all([startKeptn(), startApiServer()]);
  context.after(() => Promise.all([keptn.close(), kubernetes.close()]));
  keptn.plane.projects.addFiles({ project: "sockshop", stage: "dev", service: "carts" }, { "job/config.yaml": config });
  const ports = connect(kubernetes.kubeconfig, keptn, await writeWatchSpec());
  await ports.watch?.touch(new Date());
  const watch = kubernetes.store.get(watches, "job-changes")!;
  const status = { conditions: [{ type: "Ready", status: "True" }], observedGeneration: 1 };
  kubernetes.store.write(watches, { ...watch, status });
  const before = kubernetes.calls.length;
  const changes: JobChange[] = [];
  context.after(watchDoubles(kubernetes)((change) => changes.push(change)));
  const event = keptn.trigger({ type });
  const { after } = await startJob(ports)(event);
  await after?.();
  const ends = new Set<string>();
  const isOver = () => keptn.counts(event.id)?.state === "complete";
  while (changes.length > 0 || !isOver()) {
    const change = changes.shift();
    if (!change) await sleep(1);
    else await finishTask(ports, ends)({ type: `dev.knative.apiserver.resource.${change.type}`, data: change.job });
  }
  assert.deepEqual(
    { kubernetes: countsOf(kubernetes.calls.slice(before)), keptn: countsOf(keptn.calls) },
    {
      kubernetes: {
        "PATCH pingsources": 1,
        "PATCH apiserversources": 1, // independent of the Jobs; it is ready, so there are no further calls
        "POST jobs": 2,
        "PATCH jobs": 6, // two releases, a lease, a report, two finalized
        "GET jobs": 2, // when a task succeeded, but not again when its Job is complete
        "GET pods": 2,
        "GET log": 2,
        "POST events": 4,
      },
      keptn: { "GET resource": 1, "POST event": 2, "GET sequence-execution": 2 },
    },
  );
});
