// A namespace of Jobs is deleted while runs are open in it, in another one and in both; finish-task has the permissions of its manifests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { phaseOf } from "../../functions/lib/core/run/run-state.ts";
import { connectApi, type KubernetesApi } from "../../functions/lib/kubernetes/api.ts";
import { collectionOfJobs } from "../../functions/lib/kubernetes/job-paths.ts";
import { connectJobs } from "../../functions/lib/kubernetes/jobs.ts";
import { listAll } from "../../functions/lib/kubernetes/list.ts";
import { connectPods } from "../../functions/lib/kubernetes/pods.ts";
import { sweep } from "../../functions/lib/run/sweep.ts";
import { startJob } from "../../functions/start-job/handler.ts";
import { makeTempFolder } from "../doubles/temp-folder.ts";
import { openWorld } from "../doubles/world.ts";
import { makeKubeconfig } from "./harness/account.ts";
import { testImage, until } from "./harness/world.ts";
import { makeNamespace, noCluster } from "./namespace.ts";

interface Manifest {
  readonly kind: string;
  readonly subjects?: readonly object[];
}

const rbac = "/apis/rbac.authorization.k8s.io/v1";

/** As manifests/job-namespace grants them. */
const grant = async (api: KubernetesApi, namespace: string, home: string): Promise<void> => {
  for (const document of parseAllDocuments(readFileSync("manifests/base/rights/finish-task.yaml", "utf8"))) {
    const manifest = document.toJS() as Manifest;
    const subjects = [{ kind: "ServiceAccount", name: "finish-task", namespace: home }];
    const body = { ...manifest, ...(manifest.subjects ? { subjects } : {}) };
    await api.call({ method: "POST", path: `${rbac}/namespaces/${namespace}/${manifest.kind.toLowerCase()}s`, body });
  }
};

/** @returns a kubeconfig for finish-task's service account */
const makeAccount = async (api: KubernetesApi, namespace: string, folder: string): Promise<string> => {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.call({ method: "POST", path: accounts, body: { metadata: { name: "finish-task" } } });
  return makeKubeconfig(api, { namespace, name: "finish-task" }, folder);
};

test("runs elsewhere continue, and its own runs end with the procedure in docs/operating.md", {
  skip: noCluster,
}, async (context) => {
  const [home, other] = [await makeNamespace("sweep-home"), await makeNamespace("sweep-gone")];
  const rescue = `rescue-${home.name}`;
  const removeRescue = async () => {
    for (const kind of ["clusterrolebindings", "clusterroles"])
      await home.api.call({ method: "DELETE", path: `${rbac}/${kind}/${rescue}`, expected: [404] });
  };
  after(() => Promise.all([home.remove(), other.remove(), removeRescue()]));
  const kubeconfig = await makeAccount(home.api, home.name, await makeTempFolder(context));
  await Promise.all([home, other].map(({ name }) => grant(home.api, name, home.name)));
  const world = await openWorld(context, {
    ...{ JOB_NAMESPACE: home.name, ALLOWED_NAMESPACES: `${home.name},${other.name}` },
    ...{ DEFAULT_JOB_SERVICE_ACCOUNT: "default" },
  });
  const portsOf = (api: KubernetesApi) => ({ ...world.ports, jobs: connectJobs(api), pods: connectPods(api) });
  const [admin, ours] = [portsOf(home.api), portsOf(connectApi({ kubeconfig, budgetSeconds: 2 }))];

  const type = "sh.keptn.event.deployment.triggered";
  const begin = async (...tasks: readonly string[]): Promise<string> => {
    const lines = tasks.map(
      (task, i) => `{name: task-${i + 1}, image: ${testImage}, imagePullPolicy: IfNotPresent, ${task}}`,
    );
    world.configure(
      `apiVersion: v2\nactions:\n  - {name: a, events: [{name: ^${type}$}], tasks: [${lines.join(", ")}]}\n`,
    );
    const event = world.keptn.trigger({ type });
    await startJob(admin)(event);
    return event.id;
  };
  const [ends, lasts] = [`cmd: ["true"]`, `cmd: ["sleep", "3600"]`];
  const [here, both, there] = [
    await begin(`${ends}, namespace: ${home.name}`),
    await begin(`${ends}, namespace: ${home.name}`, `${ends}, namespace: ${other.name}`),
    await begin(`${lasts}, namespace: ${other.name}`),
  ];
  const scope = { managedBy: "job-executor-service", namespaces: [home.name, other.name] };
  const isComplete = (id: string) => world.keptn.counts(id)?.state === "complete";
  const jobsIn = (namespace: string) => listAll<never>(home.api, { collection: collectionOfJobs(namespace) });
  await until("both first tasks at home ended", async () => {
    const phases = (await jobsIn(home.name)).map(phaseOf);
    return phases.length === 2 && phases.every((phase) => phase === "succeeded");
  });

  await home.api.call({ method: "DELETE", path: `/api/v1/namespaces/${other.name}` });
  await until("its rights are gone", async () => (await ours.jobs.listOpen([scope])).unread.length === 1);
  world.pass(3600);
  const swept = await sweep(ours);
  assert.deepEqual([swept.open, swept.failed, swept.unread], [2, 1, 1]);
  assert.deepEqual([here, both, there].map(isComplete), [true, false, false]);
  const said = world.lines.filter(({ level }) => level === "warn").map(({ message }) => message);
  assert.match(said[0] ?? "", new RegExp(`^The Jobs in namespace ${other.name} cannot be listed, .*docs/operating.md`));
  assert.ok(world.timer.exists());
  assert.ok((await jobsIn(other.name)).length > 0);

  const rules = [{ apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "patch", "delete"] }];
  await home.api.call({ method: "POST", path: `${rbac}/clusterroles`, body: { metadata: { name: rescue }, rules } });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: rescue };
  const subjects = [{ kind: "ServiceAccount", name: "finish-task", namespace: home.name }];
  const binding = { metadata: { name: rescue }, roleRef, subjects };
  await home.api.call({ method: "POST", path: `${rbac}/clusterrolebindings`, body: binding });
  await until("all runs are reported", async () => {
    await sweep(ours);
    return isComplete(both) && isComplete(there);
  });
  assert.deepEqual(
    world.sent("finished").map(({ data }) => data["status"]),
    ["succeeded", "errored", "errored"],
  );
  await until("nothing of ours keeps it", async () => {
    const path = `/api/v1/namespaces/${other.name}`;
    return (await home.api.call({ method: "GET", path, expected: [404] })).status === 404;
  });
});
