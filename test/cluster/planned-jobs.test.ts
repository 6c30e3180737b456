// The real API server accepts every Job of every golden plan, and those of default settings also when Pod Security is `restricted`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { planRuns } from "../../functions/lib/core/plan/plan.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { goldenCases } from "../golden.ts";
import { makeNamespace, noCluster, type TestNamespace } from "./namespace.ts";

let open: TestNamespace;
let restricted: TestNamespace;
let baseline: TestNamespace;
before(async () => {
  if (noCluster) return;
  open = await makeNamespace("planned");
  baseline = await makeNamespace("planned-baseline", { "pod-security.kubernetes.io/enforce": "baseline" });
  restricted = await makeNamespace("planned-restricted", { "pod-security.kubernetes.io/enforce": "restricted" });
});
after(() => Promise.all([open?.remove(), baseline?.remove(), restricted?.remove()]));

const planned = goldenCases("plan").flatMap(({ name, read }) => {
  const jobs = parseAllDocuments(read("jobs.yaml") ?? "").map((document) => document.toJS() as Job);
  const asksForNothing =
    !(read("config.yaml") ?? "").includes("securityContext") && read("settings.json") === undefined;
  const isPrivileged = (read("settings.json") ?? "").includes("ALLOW_PRIVILEGED_JOBS");
  return jobs.length > 0 ? [{ name, jobs, asksForNothing, isPrivileged }] : [];
});

for (const { name, jobs, asksForNothing, isPrivileged } of planned) {
  test(`the API server accepts the Jobs of ${name}`, { skip: noCluster ?? false }, async () => {
    for (const job of jobs) await dryRun(job, open);
  });
  if (!isPrivileged) {
    test(`a baseline namespace accepts the pods of ${name}`, { skip: noCluster ?? false }, async () => {
      for (const job of jobs) await dryRunPod(job, baseline);
    });
  }
  if (!asksForNothing) continue;
  test(`a restricted namespace accepts the pods of ${name}`, { skip: noCluster ?? false }, async () => {
    for (const job of jobs) await dryRunPod(job, restricted);
  });
}

test("a restricted namespace rejects a privileged pod", { skip: noCluster ?? false }, async () => {
  const { jobs = [] } = planned.find(({ name }) => name === "rule-privileged-allowed") ?? {};
  assert.equal(jobs.length, 1);
  await assert.rejects(dryRunPod(jobs[0]!, restricted), /violates PodSecurity/);
});

/** What a task may write into its security context; the operator's contexts are as by default, or empty. */
const contexts: readonly object[] = [
  ...[{}, { privileged: true }, { privileged: false }, { procMount: "Default" }],
  ...[{ runAsUser: 0 }, { runAsUser: 7 }, { runAsNonRoot: false }, { runAsNonRoot: true }, { runAsGroup: 0 }],
  ...[{ allowPrivilegeEscalation: true }, { allowPrivilegeEscalation: false }, { readOnlyRootFilesystem: false }],
  ...["RuntimeDefault", "Unconfined"].flatMap((type) => [{ seccompProfile: { type } }, { appArmorProfile: { type } }]),
  { seccompProfile: { type: "Localhost", localhostProfile: "a.json" } },
  ...["ALL", "NET_RAW", "CHOWN", "NET_BIND_SERVICE", "SYS_ADMIN", "CAP_CHOWN"].map((name) => ({
    capabilities: { add: [name] },
  })),
  ...[{ capabilities: { drop: ["KILL"] } }, { capabilities: { drop: ["ALL"], add: ["CHOWN"] } }],
  ...[{ type: "spc_t" }, { type: "container_t" }, { user: "u" }, { role: "r" }, { level: "s0" }].map(
    (seLinuxOptions) => ({ seLinuxOptions }),
  ),
  { windowsOptions: { hostProcess: true } },
];

const operators: readonly Readonly<Record<string, string>>[] = [
  {},
  { JOB_SECURITY_CONTEXT: "{}", POD_SECURITY_CONTEXT: "{}" },
  { JOB_SECURITY_CONTEXT: "{}" },
  { POD_SECURITY_CONTEXT: '{"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}], "runAsUser": 0}' },
  { POD_SECURITY_CONTEXT: '{"sysctls": [{"name": "kernel.msgmax", "value": "1"}], "runAsNonRoot": false}' },
  { POD_SECURITY_CONTEXT: '{"seccompProfile": {"type": "Unconfined"}, "runAsNonRoot": true}' },
];

for (const level of ["baseline", "restricted"] as const) {
  test(`start-job refuses exactly what the API server refuses at level ${level}`, {
    skip: noCluster ?? false,
  }, async () => {
    const namespace = level === "baseline" ? baseline : restricted;
    for (const operator of operators) {
      const told = contexts.map(async (securityContext) => {
        const refused = planFor(securityContext, { ...operator, JOB_POD_SECURITY_LEVEL: level }).kind === "refuse";
        const plan = planFor(securityContext, operator);
        assert.equal(plan.kind, "run");
        const [job] = plan.kind === "run" ? plan.runs.flatMap(({ jobs }) => jobs) : [];
        const answer = await dryRunPod(job!, namespace).then(
          () => "taken",
          (fault) => String(fault),
        );
        // What is invalid at any level is not ours to say here.
        if (answer !== "taken" && !answer.includes("violates PodSecurity")) return;
        assert.equal(refused, answer !== "taken", `${JSON.stringify({ operator, securityContext })}: ${answer}`);
      });
      await Promise.all(told);
    }
  });
}

const planFor = (securityContext: object, env: Readonly<Record<string, string>>) => {
  const parsed = parseSettings({ ...env, ALLOW_PRIVILEGED_JOBS: "true" });
  assert.ok("settings" in parsed);
  const task = { name: "t", image: "alpine", securityContext };
  const config = { apiVersion: "v2", actions: [{ name: "a", events: [{ name: "sh.keptn" }], tasks: [task] }] };
  const event = {
    ...{ id: "1", type: "sh.keptn.event.test.triggered", source: "shipyard-controller", shkeptncontext: "c" },
    data: { project: "p", stage: "s", service: "x" },
  };
  return planRuns({ event, configText: JSON.stringify(config), configFile: "f", settings: parsed.settings });
};

/** Namespaces that a config names are there on no cluster: the Job goes into ours. */
const dryRun = async (job: Job, { api, name }: TestNamespace): Promise<void> => {
  const body = { ...job, metadata: { ...job.metadata, namespace: name } };
  const path = `/apis/batch/v1/namespaces/${name}/jobs?dryRun=All&fieldValidation=Strict`;
  await api.call({ method: "POST", path, body });
};

/** Pod Security looks at pods; a Job of a bad pod only gets a warning. */
const dryRunPod = async ({ spec }: Job, { api, name }: TestNamespace): Promise<void> => {
  const { metadata, spec: whole } = spec!.template;
  const { priorityClassName: _, runtimeClassName: __, ...pod } = whole ?? { containers: [] }; // this cluster has none of such names
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, name: "planned", namespace: name },
    // The namespace has no service accounts but its own.
    spec: { ...pod, serviceAccountName: "default" },
  };
  const path = `/api/v1/namespaces/${name}/pods?dryRun=All&fieldValidation=Strict`;
  await api.call({ method: "POST", path, body });
};
