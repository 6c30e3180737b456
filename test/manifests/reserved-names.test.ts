// start-job knows the names that our accounts and Secrets have in the cluster: whatever an overlay makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesAny } from "../../functions/lib/core/config/glob.ts";
import { deniedSecretsOf } from "../../functions/lib/core/policy/reserved-names.ts";
import { ownAccountsOf } from "../../functions/lib/core/settings/own-accounts.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { buildManifests, buildWith, components, type KubernetesObject, noKubectl, overlays } from "./overlays.ts";

const separate = "manifests/overlays/separate-jobs";
const secretGenerator = [
  { name: "job-service-keptn-secrets", namespace: "keptn-jes", literals: ["token=t"], type: "Opaque" },
];

const builds: Readonly<Record<string, () => Promise<readonly KubernetesObject[]>>> = {
  ...Object.fromEntries(
    [...overlays, separate, "manifests/overlays/func"].map((one) => [one, () => buildManifests(one)]),
  ),
  ...Object.fromEntries(
    [...overlays, separate].flatMap((one) => [
      [
        `${one} with a prefix and a suffix`,
        () => buildWith(one, [], undefined, { namePrefix: "east-", nameSuffix: "-2" }),
      ],
      [`${one} with a Secret that Kustomize makes`, () => buildWith(one, [], undefined, { secretGenerator })],
      [`${one} with all components and a prefix`, () => buildWith(one, compatible, undefined, { namePrefix: "east-" })],
    ]),
  ),
};

/** Brokers of two kinds cannot be one; the separate Jobs have some of them already. */
const compatible = components.filter((name) => !["kafka-broker", "snapshot-files", "other-namespaces"].includes(name));

const settingsIn = (objects: readonly KubernetesObject[]) => {
  const map = objects.find(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.includes("job-executor-settings"),
  );
  const parsed = parseSettings(map?.["data"]);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};

const podsIn = (objects: readonly KubernetesObject[]) =>
  objects.flatMap(({ kind, spec, data }) => {
    if (kind === "ConfigMap" && data?.serviceAccountName) return [{ serviceAccountName: data.serviceAccountName }];
    return ["Service", "Deployment"].includes(kind) && spec.template ? [spec.template.spec] : [];
  });

for (const [what, build] of Object.entries(builds)) {
  test(`${what}: tasks are denied every account that runs ours, and every Secret that ours have`, {
    skip: noKubectl,
  }, async () => {
    const objects = await build();
    const settings = settingsIn(objects);
    const pods = podsIn(objects);
    const accounts = pods.map(({ serviceAccountName }) => serviceAccountName as string);
    assert.ok(accounts.length >= 3);
    assert.deepEqual(
      accounts.filter((name) => !ownAccountsOf(settings).includes(name)),
      [],
    );
    const made = new Set(objects.flatMap(({ kind, metadata }) => (kind === "ServiceAccount" ? [metadata.name] : [])));
    assert.deepEqual(
      accounts.filter((name) => !made.has(name)),
      [],
    );
    assert.ok(made.has(settings.DEFAULT_JOB_SERVICE_ACCOUNT ?? ""), settings.DEFAULT_JOB_SERVICE_ACCOUNT);
    const secrets = pods.flatMap(({ volumes = [] }) =>
      volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? []),
    );
    assert.ok(secrets.length >= 2);
    assert.deepEqual(
      secrets.filter((name) => !matchesAny(name, deniedSecretsOf(settings))),
      [],
    );
  });

  test(`${what}: the settings have the Pod Security level of the namespace of Jobs`, { skip: noKubectl }, async () => {
    const objects = await build();
    const { JOB_NAMESPACE, JOB_POD_SECURITY_LEVEL } = settingsIn(objects);
    const namespace = objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === JOB_NAMESPACE);
    assert.ok(JOB_POD_SECURITY_LEVEL);
    assert.equal(namespace?.metadata.labels?.["pod-security.kubernetes.io/enforce"], JOB_POD_SECURITY_LEVEL);
  });
}

test("an overlay in which Jobs are apart has nothing of ours where tasks run, and no token", {
  skip: noKubectl,
}, async () => {
  const objects = await buildManifests(separate);
  const settings = settingsIn(objects);
  assert.equal(settings.FILES_MODE, "snapshot");
  const there = objects.filter(({ metadata }) => metadata.namespace === settings.JOB_NAMESPACE);
  assert.deepEqual([...new Set(there.map(({ kind }) => kind))].sort(), ["Role", "RoleBinding", "ServiceAccount"]);
  assert.deepEqual(
    there.flatMap(({ kind, metadata }) => (kind === "ServiceAccount" ? [metadata.name] : [])),
    ["job-executor-task"],
  );
  const bound = there.flatMap(({ kind, subjects }) => (kind === "RoleBinding" ? subjects : []));
  assert.deepEqual([...new Set(bound.map(({ namespace }: { namespace: string }) => namespace))], ["keptn-jes"]);
});
