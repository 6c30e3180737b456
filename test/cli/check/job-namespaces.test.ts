// `job-executor check` on the namespaces of Jobs: Pod Security level, Kueue, and what tasks may not use.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openInstallation } from "../../../functions/cli/check/cluster.ts";
import { check } from "../../../functions/cli/check/handler.ts";
import type { Finding } from "../../../functions/lib/core/check/finding.ts";
import { noteOfScope } from "../../../functions/lib/core/run/run-scope.ts";
import { change, collections, startInstallation, type TestInstallation } from "../../doubles/installation.ts";
import { makeTerminal } from "../../doubles/terminal.ts";

const start = async (context: TestContext): Promise<TestInstallation> => {
  const installation = await startInstallation();
  context.after(() => installation.close());
  return installation;
};

const findingsOf = async ({ kubeconfig }: TestInstallation, id: string): Promise<readonly Finding[]> => {
  const terminal = makeTerminal(() => new Date());
  const cluster = openInstallation({ kubeconfig }, {});
  await check({ options: { format: "json", dryEvent: false }, cluster, sleep: async () => {} }, terminal);
  return (JSON.parse(terminal.stdout[0] ?? "{}").findings as Finding[]).filter((finding) => finding.id === id);
};

const ns = "keptn-jes";
const setting = (installation: TestInstallation, data: Readonly<Record<string, string>>) =>
  change(installation, "configmaps", "settings", { data: { JOB_NAMESPACE: ns, ...data } });
const levelOf = (level?: string) => ({
  metadata: { name: ns, labels: level ? { "pod-security.kubernetes.io/enforce": level } : {} },
});

const told: readonly (readonly [label: string | undefined, setting: string, Finding["severity"], RegExp])[] = [
  ["restricted", "restricted", "ok", /has the Pod Security level restricted\.$/],
  [undefined, "", "ok", /level privileged\.$/],
  ["restricted", "", "warning", /restricted, but JOB_POD_SECURITY_LEVEL is not set/],
  ["restricted", "baseline", "warning", /restricted, but JOB_POD_SECURITY_LEVEL is baseline/],
  [undefined, "restricted", "warning", /privileged, but JOB_POD_SECURITY_LEVEL is restricted/],
];

for (const [label, JOB_POD_SECURITY_LEVEL, severity, says] of told) {
  test(`a namespace of level ${label} with the setting "${JOB_POD_SECURITY_LEVEL}": ${severity}`, async (context) => {
    const installation = await start(context);
    change(installation, "namespaces", ns, levelOf(label));
    setting(installation, { JOB_POD_SECURITY_LEVEL });
    const [finding, ...more] = await findingsOf(installation, "pod-security");
    assert.deepEqual([finding?.severity, more], [severity, []]);
    assert.match(finding?.seen ?? "", says);
  });
}

test("reports the operator's security contexts that the namespace refuses, before any event arrives", async (context) => {
  const installation = await start(context);
  setting(installation, { JOB_SECURITY_CONTEXT: '{"runAsUser": 0}', JOB_POD_SECURITY_LEVEL: "restricted" });
  const [finding] = await findingsOf(installation, "pod-security");
  assert.equal(finding?.severity, "error");
  assert.match(finding?.seen ?? "", /refuses every task: .*runAsUser: 0 \(JOB_SECURITY_CONTEXT\)/);
});

test("reports a Kueue queue that takes all Jobs of the namespace, and no other queue", async (context) => {
  const installation = await start(context);
  assert.deepEqual(await findingsOf(installation, "kueue"), []);
  installation.kueue = ["v1beta2", "v1beta1"];
  installation.store.create(collections.localqueues, { metadata: { name: "team", namespace: ns } });
  assert.deepEqual(await findingsOf(installation, "kueue"), []);
  installation.store.create(collections.localqueues, { metadata: { name: "default", namespace: ns } });
  const [finding] = await findingsOf(installation, "kueue");
  assert.equal(finding?.severity, "error");
  assert.match(finding?.seen ?? "", /LocalQueue default in namespace keptn-jes/);
  installation.forbidden.add("localqueues");
  assert.deepEqual(await findingsOf(installation, "kueue"), []);
});

test("reports Kueue's label in JOB_LABELS", async (context) => {
  const installation = await start(context);
  setting(installation, { JOB_LABELS: "kueue.x-k8s.io/queue-name=team" });
  const [finding] = await findingsOf(installation, "settings");
  assert.equal(finding?.severity, "error");
  assert.match(finding?.seen ?? "", /contains the label kueue\.x-k8s\.io\/queue-name: Kueue starts suspended Jobs/);
});

test("reports service accounts and Secrets of ours that tasks may use", async (context) => {
  const installation = await start(context);
  setting(installation, { KEPTN_SECRET_NAME: "other", START_JOB_SERVICE_ACCOUNT: "east-start-job" });
  const [finding] = await findingsOf(installation, "denied-names");
  assert.equal(finding?.severity, "error");
  assert.match(finding?.seen ?? "", /service account start-job, Secret job-service-keptn-secrets\.$/);
});

test("reports a namespace that is being deleted, with a fix", async (context) => {
  const installation = await start(context);
  setting(installation, {});
  assert.deepEqual(await findingsOf(installation, "job-namespace"), []);
  change(installation, "namespaces", ns, {
    metadata: { name: ns, deletionTimestamp: "2026-01-02T03:04:05Z", finalizers: ["kubernetes"] },
  });
  const [finding] = await findingsOf(installation, "job-namespace");
  assert.match(finding?.seen ?? "", /^Namespace keptn-jes is being deleted/);
  assert.match(finding?.fix ?? "", /operating\.md/);
});

test("reports missing finish-task permissions where runs were started with earlier settings", async (context) => {
  const installation = await start(context);
  setting(installation, {});
  const scope = { managedBy: "job-executor-service", namespaces: ["old"] };
  const metadata = { name: "job-executor-sweep", namespace: ns, annotations: noteOfScope(scope).annotations };
  installation.store.create(`/apis/sources.knative.dev/v1/namespaces/${ns}/pingsources`, { metadata });
  installation.allows = ({ namespace }) => namespace !== "old";
  const wrong = (await findingsOf(installation, "rights")).filter(({ severity }) => severity === "error");
  assert.equal(wrong.length, 1);
  assert.match(wrong[0]?.seen ?? "", /finish-task lacks rights in namespace old: get jobs\.batch, list jobs\.batch/);
});

test("reports a pattern in ALLOWED_NAMESPACES without permissions in all namespaces, with the component", async (context) => {
  const installation = await start(context);
  setting(installation, { ALLOWED_NAMESPACES: "team-*" });
  installation.allows = ({ namespace }) => namespace !== undefined;
  const wrong = (await findingsOf(installation, "rights")).filter(({ severity }) => severity === "error");
  assert.equal(wrong.length, 3);
  assert.match(wrong[0]?.seen ?? "", /^Service account start-job lacks rights in all namespaces: create jobs\.batch, /);
  assert.match(wrong[0]?.fix ?? "", /component any-namespace/);
  installation.allows = () => true;
  const found = await findingsOf(installation, "rights");
  assert.ok(found.every(({ severity }) => severity === "ok"));
  assert.ok(
    found.some(({ seen }) => seen === "Service account finish-task has all required rights in all namespaces."),
  );
});
