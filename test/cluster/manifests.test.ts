// The API server accepts every object of every overlay with every component; Knative's definitions must be installed.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { goldenCases } from "../golden.ts";
import { buildMigrated } from "../manifests/migrated.ts";
import {
  buildManifests,
  buildWith,
  components,
  type KubernetesObject,
  noKubectl,
  overlays,
} from "../manifests/overlays.ts";
import { makeNamespace, noCluster, type TestNamespace } from "./namespace.ts";

/** Of extensions that are installed with the Broker that they are for. */
const foreign = new Set(["RabbitmqBrokerConfig"]);

describe("manifests", { skip: noCluster ?? noKubectl ?? false }, () => {
  let namespace: TestNamespace;
  let plurals: ReadonlyMap<string, string>;
  before(async () => {
    namespace = await makeNamespace("manifests");
    plurals = await listKinds(namespace);
  });
  after(() => namespace?.remove());

  for (const overlay of overlays) {
    for (const names of [[], ...components.map((name) => [name])]) {
      test(`the API server accepts ${overlay} ${names.join(" ")}`, async () => {
        const objects = await buildWith(overlay, names, namespace.name);
        for (const object of objects) if (!foreign.has(object.kind)) await apply(object, { namespace, plurals });
      });
    }
  }

  test("the API server accepts an overlay that job-executor migrate generated from all values of JES's chart", async () => {
    const everything = goldenCases("migrate").find(({ name }) => name === "everything-else");
    const objects = await buildMigrated(everything?.read("values.yaml") ?? "", namespace.name);
    for (const object of objects) await apply(object, { namespace, plurals });
  });

  test("separate-jobs: start-job may create Jobs where tasks run, and tasks there cannot reach our resources", async (context) => {
    const { api, name } = namespace;
    const jobs = `${name}-jobs`;
    const built = JSON.stringify(await buildManifests("manifests/overlays/separate-jobs"));
    const objects = JSON.parse(
      built.replaceAll("keptn-jes-jobs", jobs).replaceAll(/\bkeptn-jes\b/g, name),
    ) as KubernetesObject[];
    context.after(() => api.call({ method: "DELETE", path: `/api/v1/namespaces/${jobs}`, expected: [404] }));
    // Of Knative's objects nothing but that they are taken: their pods are no matter here.
    const isReal = ({ apiVersion, kind }: KubernetesObject): boolean =>
      apiVersion.startsWith("rbac.") || (apiVersion === "v1" && kind !== "Secret");
    for (const object of objects.toSorted((a, b) => Number(b.kind === "Namespace") - Number(a.kind === "Namespace")))
      await apply(object, { namespace, plurals, isReal: isReal(object) });
    const may = async (account: string, what: string): Promise<boolean> => {
      const [verb, resource, where] = what.split(" ");
      const group = resource === "jobs" ? "batch" : "";
      const { body } = await api.call<{ status: { allowed: boolean } }>({
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        body: {
          ...{ apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" },
          spec: {
            user: `system:serviceaccount:${account}`,
            groups: [
              "system:serviceaccounts",
              `system:serviceaccounts:${account.split(":")[0]}`,
              "system:authenticated",
            ],
            resourceAttributes: { verb, group, resource, namespace: where },
          },
        },
      });
      return body.status.allowed;
    };
    for (const [account, what] of [
      [`${name}:start-job`, `create jobs ${jobs}`],
      [`${name}:start-job`, `create configmaps ${jobs}`],
      [`${name}:finish-task`, `delete jobs ${jobs}`],
      [`${name}:job-changes`, `watch jobs ${jobs}`],
    ] as const)
      assert.ok(await may(account, what), `${account} may not ${what}`);
    for (const account of [`${jobs}:job-executor-task`, `${jobs}:default`])
      for (const what of [`get secrets ${name}`, `get secrets ${jobs}`, `list pods ${name}`, `create jobs ${jobs}`])
        assert.ok(!(await may(account, what)), `${account} may ${what}`);
    const settings = objects.find(({ kind, metadata }) => kind === "ConfigMap" && /settings/.test(metadata.name));
    assert.equal(settings?.["data"].JOB_NAMESPACE, jobs);
    assert.equal(settings?.["data"].FILES_MODE, "snapshot");
  });
});

const clusterWide = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding"]);

interface Given {
  readonly namespace: TestNamespace;
  readonly plurals: ReadonlyMap<string, string>;
  /** It is to be there afterwards. */
  readonly isReal?: boolean;
}

const apply = async (object: KubernetesObject, given: Given): Promise<void> => {
  const {
    namespace: { api, name },
    plurals,
    isReal = false,
  } = given;
  const { apiVersion, kind } = object;
  const plural = plurals.get(`${apiVersion}/${kind}`);
  assert.ok(plural, `this cluster does not know ${apiVersion} ${kind}: are Knative's definitions installed?`);
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const collection = clusterWide.has(kind)
    ? `${group}/${plural}`
    : `${group}/namespaces/${object.metadata.namespace ?? name}/${plural}`;
  // Knative tries a Service's pods, and those need their account.
  const dry = isReal || kind === "ServiceAccount" ? "" : "dryRun=All&";
  const query = `${dry}fieldValidation=Strict&fieldManager=test&force=true`;
  const contentType = "application/apply-patch+yaml"; // JSON is YAML
  await api.call({
    method: "PATCH",
    path: `${collection}/${object.metadata.name}?${query}`,
    contentType,
    body: object,
  });
};

/** `batch/v1/Job` -> `jobs` */
const listKinds = async ({ api }: TestNamespace): Promise<ReadonlyMap<string, string>> => {
  const groups = await api.call<{ groups: { versions: { groupVersion: string }[] }[] }>({
    method: "GET",
    path: "/apis",
  });
  const versions = groups.body.groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion));
  const lists = await Promise.all(
    ["v1", ...versions].map(async (version) => {
      const path = version === "v1" ? "/api/v1" : `/apis/${version}`;
      const { body } = await api.call<{ resources?: { name: string; kind: string }[] }>({
        method: "GET",
        path,
        expected: [404, 503],
      });
      return (body.resources ?? [])
        .filter(({ name }) => !name.includes("/"))
        .map(({ name, kind }) => [`${version}/${kind}`, name] as const);
    }),
  );
  return new Map(lists.flat());
};
