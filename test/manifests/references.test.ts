// What objects name is there, under the name and in the namespace that they say.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse } from "yaml";
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import { parseWatchSpec } from "../../functions/lib/core/run/watch-spec.ts";
import { settingsTable } from "../../functions/lib/core/settings/settings.ts";
import { deployedEnv } from "../cluster/harness/deployed-env.ts";
import { buildManifests, buildWith, components, type KubernetesObject, noKubectl, overlays } from "./overlays.ts";

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${metadata.namespace}/${kind}/${metadata.name}`;

interface Reference {
  readonly kind: string;
  readonly name: string;
}

interface Mounting {
  readonly configMap?: { readonly name: string; readonly optional?: boolean };
}

const referencesOf = ({ kind, ...object }: KubernetesObject): Reference[] => {
  switch (kind) {
    case "RoleBinding":
      return [object["roleRef"], ...object["subjects"]];
    case "Trigger":
      return [{ kind: "Broker", name: object["spec"].broker }, object["spec"].subscriber.ref];
    case "ConfigMap": {
      if (object.metadata.name !== "job-changes") return [];
      const spec = specOf(object["data"]);
      return [spec.sink.ref, { kind: "ServiceAccount", name: spec.serviceAccountName }];
    }
    case "Service": {
      const { spec } = object["spec"].template ?? {};
      if (!spec) return [];
      const settings = spec.containers[0].envFrom.map(
        (from: { configMapRef: { name: string } }) => from.configMapRef.name,
      );
      const mounted = spec.volumes.flatMap(({ configMap }: Mounting) =>
        configMap && !configMap.optional ? configMap.name : [],
      );
      return [
        { kind: "ServiceAccount", name: spec.serviceAccountName },
        ...mounted.map((name: string) => ({ kind: "ConfigMap", name })),
        ...settings.map((name: string) => ({ kind: "ConfigMap", name })),
      ];
    }
    default:
      return [];
  }
};

// biome-ignore lint/suspicious/noExplicitAny: of any ApiServerSource
const specOf = (data: Readonly<Record<string, string>>): any => {
  const parsed = parseWatchSpec(data);
  assert.ok("spec" in parsed);
  return parsed.spec;
};

const watchOf = (objects: readonly KubernetesObject[]) =>
  specOf(objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "job-changes")?.["data"]);

for (const overlay of overlays) {
  test(`${overlay}: refers to nothing that is not there`, { skip: noKubectl }, async () => {
    const objects = await buildManifests(overlay);
    const there = new Set(objects.map(nameOf));
    for (const object of objects) {
      for (const { kind, name } of referencesOf(object)) {
        assert.ok(there.has(`${object.metadata.namespace}/${kind}/${name}`), `${nameOf(object)} -> ${kind} ${name}`);
      }
    }
  });

  test(`${overlay}: everything is in one namespace of the strictest Pod Security level`, {
    skip: noKubectl,
  }, async () => {
    const objects = await buildManifests(overlay);
    const namespace = objects.find(({ kind }) => kind === "Namespace");
    assert.equal(namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const elsewhere = objects.filter((one) => one !== namespace && one.metadata.namespace !== namespace?.metadata.name);
    assert.deepEqual(elsewhere.map(nameOf), []);
  });

  test(`${overlay}: functions cannot be reached from outside the cluster`, { skip: noKubectl }, async () => {
    const services = (await buildManifests(overlay)).filter(({ apiVersion }) => apiVersion.startsWith("serving."));
    for (const { metadata } of services) {
      assert.equal(metadata.labels?.["networking.knative.dev/visibility"], "cluster-local", metadata.name);
    }
  });

  test(`${overlay}: the ApiServerSource watches Jobs by the label that a release sets`, {
    skip: noKubectl,
  }, async () => {
    const spec = watchOf(await buildManifests(overlay));
    assert.equal(spec.mode, "Resource");
    assert.deepEqual(spec.resources[0].selector.matchLabels, { [label.state]: "released" });
  });

  test(`${overlay}: the timer's Role names the timer that the settings name`, { skip: noKubectl }, async () => {
    const roles = (await buildManifests(overlay)).filter(({ kind }) => kind === "Role");
    const timers = roles.flatMap(({ rules }) => rules).filter(({ resources }) => resources.includes("pingsources"));
    const name = settingsTable.TIMER_NAME.fallback;
    assert.deepEqual(
      timers.map(({ resourceNames }) => resourceNames),
      [[name], [name]],
    );
  });

  test(`${overlay}: no ApiServerSource is in it, and the Roles name the one that start-job creates`, {
    skip: noKubectl,
  }, async () => {
    const objects = await buildManifests(overlay);
    assert.deepEqual(
      objects.filter(({ kind }) => kind === "ApiServerSource"),
      [],
    );
    const settings = objects.find((o) => o.kind === "ConfigMap" && o.metadata.name.startsWith("job-executor-settings"));
    const rules = objects.flatMap(({ kind, rules }) => (kind === "Role" ? rules : []));
    const watches = rules.filter(({ resources }) => resources.includes("apiserversources"));
    const name = settings?.["data"].WATCH_NAME;
    assert.deepEqual(
      watches.map(({ resourceNames }) => resourceNames),
      [[name], [name]],
    );
  });
}

test("a component changes one field of the watch's spec and leaves the others", { skip: noKubectl }, async () => {
  const [overlay] = overlays as [string];
  const { namespaceSelector, ...others } = watchOf(await buildWith(overlay, ["other-namespaces"]));
  assert.deepEqual(namespaceSelector, { matchLabels: { "keptn.sh/job-executor": "jobs" } });
  assert.deepEqual(others, watchOf(await buildManifests(overlay)));
});

for (const component of components) {
  test(`the component ${component} changes what it is put on`, { skip: noKubectl }, async () => {
    const [overlay] = overlays as [string];
    const [without, alone] = [await buildManifests(overlay), await buildWith(overlay, [component])];
    assert.notDeepEqual(alone, without);
    assert.ok(alone.length >= without.length);
  });
}

test("func's overlay has all but start-job, under the names that func.yaml says", { skip: noKubectl }, async () => {
  const objects = await buildManifests("manifests/overlays/func");
  const func = parse(await readFile("func.yaml", "utf8"));
  const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  assert.ok(!there.has("Service/start-job") && !there.has("Trigger/start-job") && there.has("Service/finish-task"));
  for (const name of ["ServiceAccount/start-job", "ConfigMap/job-executor-settings", "Broker/keptn"])
    assert.ok(there.has(name));
  assert.equal(func.deploy.serviceAccountName, "start-job");
  const options = Object.entries(deployedEnv("start-job")).map(([name, value]) => ({ name, value }));
  assert.equal(options.length, 3);
  assert.deepEqual(func.run.envs.filter(isAboutMemory), options);
  assert.ok(func.run.envs.some(({ value }: { value: string }) => value === "{{ configMap:job-executor-settings }}"));
  // As in the manifests: a variable would be read once.
  assert.deepEqual(func.run.volumes, [
    { secret: "job-service-keptn-secrets", path: "/etc/keptn" },
    { configMap: "job-changes", path: "/etc/job-changes" },
  ]);
  const file = func.run.envs.find(({ name }: { name?: string }) => name === "KEPTN_API_TOKEN_FILE");
  assert.equal(file?.value, "/etc/keptn/token");
  assert.ok(!func.run.envs.some(({ value }: { value: string }) => value.includes("secret:")));
  for (const { source, filters } of func.deploy.subscriptions) {
    assert.equal(source, "keptn");
    assert.match(filters.type, /^sh\.keptn\.event\.[a-z-]+\.triggered$/);
  }
});

const isAboutMemory = ({ name }: { name?: string }): boolean =>
  name === "NODE_OPTIONS" || name?.startsWith("MALLOC_") === true;

test("another namespace of Jobs gets the same rights, for our accounts", { skip: noKubectl }, async () => {
  const objects = await buildManifests("manifests/job-namespace");
  const subjects = objects.flatMap(({ kind, subjects }) => (kind === "RoleBinding" ? subjects : []));
  assert.deepEqual(subjects.map(({ namespace, name }) => `${namespace}/${name}`).sort(), [
    "keptn-jes/finish-task",
    "keptn-jes/job-changes",
    "keptn-jes/start-job",
  ]);
});
