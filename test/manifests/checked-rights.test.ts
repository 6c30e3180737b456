// The rights that `job-executor check` asks for are those that the manifests grant, one by one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rightsOf } from "../../functions/lib/core/check/rights.ts";
import { parseSettings, type Settings } from "../../functions/lib/core/settings/settings.ts";
import { buildWith, noKubectl } from "./overlays.ts";

const settingsFrom = (env: Readonly<Record<string, string>>): Settings => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed);
  return parsed.settings;
};

const namespace = "keptn-jes";
const accounts = { startJob: "start-job", finishTask: "finish-task", jobChanges: "job-changes" };

const grantedTo = async (account: string, components: readonly string[]): Promise<string[]> => {
  const objects = await buildWith("manifests/overlays/in-cluster", components);
  const bound = objects.filter(({ kind, subjects }) => kind === "RoleBinding" && subjects[0].name === account);
  const roles = bound.map(({ roleRef }) => objects.find((o) => o.kind === "Role" && o.metadata.name === roleRef.name));
  return roles
    .flatMap((role): Rule[] => role?.["rules"] ?? [])
    .flatMap(({ apiGroups, resources, resourceNames = [""], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => [verb, group, resource, name].join(" "))),
        ),
      ),
    )
    .sort();
};

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

describe("checked rights", { skip: noKubectl ?? false }, () => {
  for (const account of Object.values(accounts)) {
    for (const [mode, components] of [
      ["init-container", []],
      ["snapshot", ["snapshot-files"]],
    ] as const) {
      test(`of ${account} are those of its Roles, with FILES_MODE=${mode}`, async () => {
        const settings = settingsFrom({ FILES_MODE: mode, WATCH_NAME: "job-changes" });
        const checked = rightsOf(accounts, { namespace, jobNamespaces: [namespace] }, settings)
          .filter((right) => right.account === account)
          .map(({ verb, group, resource, subresource, name = "" }) =>
            [verb, group, subresource ? `${resource}/${subresource}` : resource, name].join(" "),
          );
        assert.deepEqual(checked.sort(), await grantedTo(account, components));
      });
    }
  }
});
