// The real API server takes every Job of every golden plan, and those of default settings also where Pod Security is `restricted`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { Job } from "../../functions/core/kubernetes.ts";
import { goldenCases } from "../golden.ts";
import { makeNamespace, noCluster, type TestNamespace } from "./namespace.ts";

let open: TestNamespace;
let restricted: TestNamespace;
before(async () => {
  if (noCluster) return;
  open = await makeNamespace("planned");
  restricted = await makeNamespace("planned-restricted", { "pod-security.kubernetes.io/enforce": "restricted" });
});
after(() => Promise.all([open?.remove(), restricted?.remove()]));

const planned = goldenCases("plan").flatMap(({ name, read }) => {
  const jobs = parseAllDocuments(read("jobs.yaml") ?? "").map((document) => document.toJS() as Job);
  const asksForNothing =
    !(read("config.yaml") ?? "").includes("securityContext") && read("settings.json") === undefined;
  return jobs.length > 0 ? [{ name, jobs, asksForNothing }] : [];
});

for (const { name, jobs, asksForNothing } of planned) {
  test(`the API server takes the Jobs of ${name}`, { skip: noCluster ?? false }, async () => {
    for (const job of jobs) await dryRun(job, open);
  });
  if (!asksForNothing) continue;
  test(`a restricted namespace takes the pods of ${name}`, { skip: noCluster ?? false }, async () => {
    for (const job of jobs) await dryRunPod(job, restricted);
  });
}

test("a privileged pod is not taken there", { skip: noCluster ?? false }, async () => {
  const { jobs = [] } = planned.find(({ name }) => name === "rule-privileged-allowed") ?? {};
  assert.equal(jobs.length, 1);
  await assert.rejects(dryRunPod(jobs[0]!, restricted), /violates PodSecurity/);
});

/** Namespaces that a config names are there on no cluster: the Job goes into ours. */
const dryRun = async (job: Job, { api, name }: TestNamespace): Promise<void> => {
  const body = { ...job, metadata: { ...job.metadata, namespace: name } };
  const path = `/apis/batch/v1/namespaces/${name}/jobs?dryRun=All&fieldValidation=Strict`;
  await api.call({ method: "POST", path, body });
};

/** Pod Security looks at pods; a Job of a bad pod only gets a warning. */
const dryRunPod = async ({ spec }: Job, { api, name }: TestNamespace): Promise<void> => {
  const { metadata, spec: pod } = spec!.template;
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
