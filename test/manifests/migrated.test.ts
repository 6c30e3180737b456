// What `job-executor migrate` makes is an installation: it builds, and its programs start with its settings.
import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { describe, test } from "node:test";
import { defaultImage } from "../../functions/core/migrate/general-notes.ts";
import { planMigration } from "../../functions/core/migrate/plan-migration.ts";
import { parseSettings } from "../../functions/core/settings.ts";
import { goldenCases } from "../golden.ts";
import { buildManifests, components, type KubernetesObject, noKubectl } from "./overlays.ts";

/** Components that the overlays name. */
const sources = ["keptn-source-nats", "keptn-source-polling"];

/** Values that make the same overlay are built once. */
const buildMigrated = (text: string): Promise<readonly KubernetesObject[]> => {
  const overlay = migratedFrom(text, "../manifests");
  const known = built.get(overlay) ?? build(text);
  built.set(overlay, known);
  return known;
};

const built = new Map<string, Promise<readonly KubernetesObject[]>>();

const build = async (text: string): Promise<readonly KubernetesObject[]> => {
  const folder = await mkdtemp(join(tmpdir(), "migrated-"));
  try {
    const manifests = relative(realpathSync(folder), resolve("manifests"));
    await writeFile(join(folder, "kustomization.yaml"), withoutAwaited(migratedFrom(text, manifests)));
    return await buildManifests(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const migratedFrom = (text: string, manifests: string): string => {
  const options = { namespace: "job-executor", image: defaultImage, folder: "overlay", manifests };
  const planned = planMigration({ text, file: "values.yaml", ...options });
  assert.ok("overlay" in planned);
  return planned.overlay;
};

/** Without the components that are not in manifests/ yet. */
const withoutAwaited = (overlay: string): string => {
  const awaited = sources.filter((name) => !components.includes(name));
  const lines = overlay.split("\n").filter((line) => !awaited.some((name) => line.endsWith(`/components/${name}`)));
  return lines.join("\n").replace(/^components:\n(?! {2}-)/m, "");
};

const settingsIn = (objects: readonly KubernetesObject[]) =>
  objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("job-executor-settings"))?.[
    "data"
  ];

describe("an overlay made of JES's values", { concurrency: 2, skip: noKubectl }, () => {
  const cases = goldenCases("migrate").filter(({ read }) => read("kustomization.yaml"));
  for (const { name, read } of cases) {
    test(`builds, and its settings are good: ${name.replaceAll("-", " ")}`, async () => {
      const objects = await buildMigrated(read("values.yaml") ?? "");
      const parsed = parseSettings(settingsIn(objects));
      assert.ok("settings" in parsed, JSON.stringify(parsed));
      assert.equal(parsed.settings.JOB_NAMESPACE, "job-executor");
      assert.equal(parsed.settings.INIT_CONTAINER_IMAGE, defaultImage);
      const elsewhere = objects.filter(
        ({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "job-executor",
      );
      assert.deepEqual(elsewhere, []);
    });
  }

  test("has what the overlay in manifests/ has, where the values say nothing", async () => {
    const [migrated, ours] = [await buildMigrated(""), await buildManifests("manifests/overlays/in-cluster")];
    const plain = (objects: readonly KubernetesObject[]) =>
      objects
        .filter(({ kind }) => kind !== "ConfigMap")
        .map((object) => JSON.parse(JSON.stringify(object).replaceAll(/job-executor-settings-\w+/g, "settings")));
    const moved = JSON.parse(JSON.stringify(plain(ours)).replaceAll('"keptn-jes"', '"job-executor"'));
    assert.deepEqual(plain(migrated), moved);
  });

  test("changes what its values are about", async () => {
    const everything = cases.find(({ name }) => name === "everything-else");
    const objects = await buildMigrated(everything?.read("values.yaml") ?? "");
    const find = (kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name);
    assert.deepEqual(find("ServiceAccount", "start-job")?.["imagePullSecrets"], [{ name: "registry" }]);
    assert.deepEqual(find("ServiceAccount", "job-executor-task")?.["imagePullSecrets"], [{ name: "registry" }]);
    assert.deepEqual(find("NetworkPolicy", "tasks")?.["spec"].podSelector.matchLabels, {
      "app.kubernetes.io/managed-by": "jes",
    });
    const annotations = find("Service", "start-job")?.["spec"].template.metadata.annotations;
    assert.equal(annotations["prometheus.io/scrape"], "true");
    assert.equal(annotations["autoscaling.knative.dev/target"], "30");
    const level = find("Namespace", "job-executor")?.metadata.labels?.["pod-security.kubernetes.io/enforce"];
    assert.equal(level, "privileged");
  });
});

test("every component that an overlay names is in manifests/, or is awaited", () => {
  const named = goldenCases("migrate").flatMap(({ read }) => [
    ...(read("kustomization.yaml") ?? "").matchAll(/\/components\/(\S+)/g),
  ]);
  assert.deepEqual(
    named.map(([, name = ""]) => name).filter((name) => ![...components, ...sources].includes(name)),
    [],
  );
});
