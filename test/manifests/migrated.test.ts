// What `job-executor migrate` makes is an installation: it builds, and its programs start with its settings.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultImage } from "../../functions/cli/migrate/values/general-notes.ts";
import { parseKeptnSettings } from "../../functions/lib/core/settings/keptn-settings.ts";
import { goldenCases } from "../golden.ts";
import { buildMigrated } from "./migrated.ts";
import { buildManifests, type KubernetesObject, noKubectl } from "./overlays.ts";

/** Each with other objects than the others; what else there is differs in settings only. */
const shapes = ["defaults", "everything-else", "privileged-tasks", "remote-with-oauth"];

/** Of each program, what its container has in its environment. */
const environmentsIn = (objects: readonly KubernetesObject[]): Record<string, string>[] =>
  objects
    .filter(
      ({ apiVersion, kind }) => kind === "Deployment" || (kind === "Service" && apiVersion.startsWith("serving.")),
    )
    .map(({ spec }) => {
      const own = spec.template.spec.containers[0].env as { name: string; value: string }[];
      return { ...settingsIn(objects), ...Object.fromEntries(own.map(({ name, value }) => [name, value])) };
    });

const settingsIn = (objects: readonly KubernetesObject[]): Record<string, string> =>
  objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("job-executor-settings"))?.[
    "data"
  ];

describe("an overlay made of JES's values", { concurrency: 2, skip: noKubectl }, () => {
  const cases = goldenCases("migrate");
  for (const { name, read } of cases.filter((one) => shapes.includes(one.name))) {
    test(`builds, and its settings are good: ${name.replaceAll("-", " ")}`, async () => {
      const objects = await buildMigrated(read("values.yaml") ?? "");
      const environments = environmentsIn(objects);
      assert.deepEqual(environments.map(({ FUNCTION }) => FUNCTION).sort(), [
        "finish-task",
        "keptn-source",
        "start-job",
      ]);
      for (const environment of environments) {
        const parsed = parseKeptnSettings(environment);
        assert.ok("settings" in parsed, JSON.stringify(parsed));
        assert.equal(parsed.settings.JOB_NAMESPACE, "job-executor");
        assert.equal(parsed.settings.INIT_CONTAINER_IMAGE, defaultImage);
      }
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

  test("listens to the NATS of the Keptn that it is beside", async () => {
    const addressFor = async (name: string) =>
      settingsIn(await buildMigrated(cases.find((one) => one.name === name)?.read("values.yaml") ?? ""))["PUBSUB_URL"];
    assert.equal(await addressFor("defaults"), "nats://keptn-nats.keptn");
    assert.equal(await addressFor("found-by-helm-in-another-namespace"), "nats://keptn-nats.keptn-two");
    assert.equal(await addressFor("remote-with-oauth"), "");
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
