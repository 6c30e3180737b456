// The component any-namespace grants in every namespace what the Roles grant in one, and nothing else, and `check` asks for the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { everywhere, rightsOf } from "../../functions/lib/core/check/rights.ts";
import { runScopeOf } from "../../functions/lib/core/run/run-scope.ts";
import { parseSettings } from "../../functions/lib/core/settings/settings.ts";
import { buildWith, type KubernetesObject, noKubectl } from "./overlays.ts";

const overlay = "manifests/overlays/in-cluster";
const accounts = { startJob: "start-job", finishTask: "finish-task", jobChanges: "job-changes" };

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

/** `create batch jobs`, as a binding of this kind gives them to the account. */
const granted = (objects: readonly KubernetesObject[], kind: "Role" | "ClusterRole", account: string): string[] =>
  objects
    .filter(({ kind: is, subjects }) => is === `${kind}Binding` && subjects[0].name === account)
    .flatMap(({ roleRef }) => objects.filter((o) => o.kind === kind && o.metadata.name === roleRef.name))
    .filter(({ metadata }) => !/timer|watch/.test(metadata.name))
    .flatMap((role): Rule[] => role["rules"])
    .filter((rule) => !("resourceNames" in rule))
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) => resources.flatMap((one) => verbs.map((verb) => `${verb} ${group} ${one}`))),
    )
    .filter((right) => !right.includes("sources.knative.dev"))
    .toSorted();

for (const files of [[], ["snapshot-files"]]) {
  test(`${["any-namespace", ...files].join(" and ")}: every account has its rights everywhere, as check asks`, {
    skip: noKubectl,
  }, async () => {
    const objects = await buildWith(overlay, ["any-namespace", ...files]);
    const parsed = parseSettings({
      ALLOWED_NAMESPACES: "team-*",
      FILES_MODE: files.length > 0 ? "snapshot" : "init-container",
    });
    assert.ok("settings" in parsed);
    assert.deepEqual(runScopeOf(parsed.settings).namespaces, [everywhere]);
    const asked = rightsOf(accounts, { namespace: "keptn-jes", jobNamespaces: [everywhere] }, parsed.settings);
    for (const account of Object.values(accounts)) {
      const wide = granted(objects, "ClusterRole", account);
      assert.ok(wide.length >= 3);
      assert.deepEqual(wide, granted(objects, "Role", account));
      const expected = asked
        .filter((right) => right.account === account && right.namespace === everywhere)
        .map(
          ({ verb, group, resource, subresource }) =>
            `${verb} ${group} ${[resource, subresource].filter(Boolean).join("/")}`,
        );
      assert.deepEqual(wide, expected.toSorted());
    }
  });
}

test("any-namespace follows the overlay's namespace and prefix, so that two installations do not share it", {
  skip: noKubectl,
}, async () => {
  const objects = await buildWith(overlay, ["any-namespace"], "east", { namePrefix: "east-" });
  const bindings = objects.filter(({ kind }) => kind === "ClusterRoleBinding");
  assert.equal(bindings.length, 3);
  for (const { metadata, roleRef, subjects } of bindings) {
    assert.ok(metadata.name.startsWith("east-") && roleRef.name.startsWith("east-"));
    assert.match(subjects[0].name, /^east-(start-job|finish-task|job-changes)$/);
    assert.equal(subjects[0].namespace, "east");
  }
});
