// Helm makes of the chart what Kustomize makes of the overlays.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildOverlay } from "../../build/chart/kustomize.ts";
import { componentNames, routes } from "../../build/chart/variants.ts";
import { makeTempFolder } from "../doubles/temp-folder.ts";
import type { KubernetesObject } from "../manifests/overlays.ts";
import { chart, helm, lint, noHelm, render } from "./helm.ts";

const keyOf = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].join("/");

const sorted = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  objects.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const assertSame = async (values: object, overlay: string, components: readonly string[] = []): Promise<void> => {
  const expected = (await buildOverlay(overlay, components)) as unknown as readonly KubernetesObject[];
  assert.ok(expected.length > 20, `${expected.length} objects`);
  assert.deepEqual(sorted(await render({ createNamespace: true, ...values })), sorted(expected));
};

/** Those that exclude each other are in different sets. */
const together = [
  componentNames.filter((name) => !["rabbitmq-broker", "other-namespaces"].includes(name)),
  componentNames.filter((name) => !["kafka-broker", "any-namespace"].includes(name)),
];

describe("helm template gives the objects of kubectl kustomize", { concurrency: 2, skip: noHelm }, () => {
  test("manifests/overlays/zero, with the default values", () => assertSame({}, "zero"));
  for (const [eventRoute, overlay] of Object.entries(routes)) {
    test(`manifests/overlays/${overlay}`, () => assertSame({ eventRoute }, overlay));
    for (const name of componentNames)
      test(`manifests/overlays/${overlay} with ${name}`, () =>
        assertSame({ eventRoute, components: [name] }, overlay, [name]));
    for (const components of together)
      test(`manifests/overlays/${overlay} with ${components.length} components`, () =>
        assertSame({ eventRoute, components }, overlay, components));
  }
  test("manifests/overlays/separate-jobs", () =>
    assertSame({ eventRoute: "nats", jobNamespace: { name: "keptn-jes-jobs" } }, "separate-jobs"));
  test("manifests/overlays/func", () => assertSame({ eventRoute: "nats", func: true }, "func"));
});

describe("the chart", { skip: noHelm }, () => {
  test("has no problem that helm lint knows", async () => assert.match(await lint(), /1 chart\(s\) linted, 0 chart/));

  test("is packed by helm", async (context) => {
    const folder = await makeTempFolder(context);
    assert.match(await helm("package", chart, "--destination", folder), /job-executor-functions-\d+\.\d+\.\d+\.tgz/);
  });

  test("leaves out only the release's namespace, which helm needs before", async () => {
    const [without, all] = [await render({}), await render({ createNamespace: true })];
    const left = all.filter((object) => !without.some((one) => keyOf(one) === keyOf(object)));
    assert.deepEqual(left.map(keyOf), ["v1/Namespace//keptn-jes"]);
  });
});
