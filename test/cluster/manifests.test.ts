// The API server takes every object of every overlay, with every component; what it does not know by itself are Knative's definitions.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { goldenCases } from "../golden.ts";
import { buildMigrated } from "../manifests/migrated.ts";
import { buildWith, components, type KubernetesObject, noKubectl, overlays } from "../manifests/overlays.ts";
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
      test(`the API server takes ${overlay} ${names.join(" ")}`, async () => {
        const objects = await buildWith(overlay, names, namespace.name);
        for (const object of objects) if (!foreign.has(object.kind)) await dryRun(object, { namespace, plurals });
      });
    }
  }

  test("the API server takes an overlay that job-executor migrate made of all that JES's chart has", async () => {
    const everything = goldenCases("migrate").find(({ name }) => name === "everything-else");
    const objects = await buildMigrated(everything?.read("values.yaml") ?? "", namespace.name);
    for (const object of objects) await dryRun(object, { namespace, plurals });
  });
});

const clusterWide = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding"]);

interface Given {
  readonly namespace: TestNamespace;
  readonly plurals: ReadonlyMap<string, string>;
}

const dryRun = async (object: KubernetesObject, { namespace: { api, name }, plurals }: Given): Promise<void> => {
  const { apiVersion, kind } = object;
  const plural = plurals.get(`${apiVersion}/${kind}`);
  assert.ok(plural, `this cluster does not know ${apiVersion} ${kind}: are Knative's definitions installed?`);
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const collection = clusterWide.has(kind) ? `${group}/${plural}` : `${group}/namespaces/${name}/${plural}`;
  // Knative tries a Service's pods, and those need their account.
  const dry = kind === "ServiceAccount" ? "" : "dryRun=All&";
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
