// How check judges the operator's lists: misspelled names, unreadable values, entries that allow nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLists } from "../../../../functions/lib/core/check/check-lists.ts";
import { checkSettings } from "../../../../functions/lib/core/check/check-settings.ts";
import type { Facts } from "../../../../functions/lib/core/check/facts.ts";
import { openLists } from "../../../../functions/lib/core/policy/open-lists.ts";
import { jobSettings } from "../../../../functions/lib/core/settings/job-settings.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";

const seenOf = (data: Readonly<Record<string, string>>): string[] => {
  const there = <T>(object: T) => ({ kind: "there", object }) as const;
  const spec = { containers: [{ envFrom: [{ configMapRef: { name: "settings" } }] }] };
  const facts = {
    ...{ namespace: "jes", functions: { "start-job": there({ spec: { template: { spec } } }) } },
    ...{
      keptnSource: { kind: "missing" },
      settings: there({ data: { KEPTN_API_ENDPOINT: "http://keptn/api", KEPTN_API_TOKEN: "t", ...data } }),
    },
  };
  return checkSettings(facts as unknown as Facts)
    .filter(({ severity }) => severity !== "ok")
    .map(({ seen }) => seen);
};

test("check knows every list and limit, and names a misspelled one", () => {
  const lists = Object.keys(jobSettings).filter((name) => /^(ALLOWED|MAX)_/.test(name));
  for (const name of Object.keys(openLists)) assert.ok(lists.includes(name) || name === "FILES_VOLUME_SIZE", name);
  for (const name of lists) {
    assert.deepEqual(seenOf({ [name]: "" }), []);
    assert.match(seenOf({ [`${name}S`]: "x" })[0] ?? "", new RegExp(`has ${name}S, which is not a setting`));
  }
});

test("reports unreadable values", () => {
  assert.match(
    seenOf({ ALLOWED_VOLUMES: "hostPath" })[0] ?? "",
    /^ALLOWED_VOLUMES="hostPath" contains "hostPath": write /,
  );
  assert.match(seenOf({ MAX_VOLUME_SIZE: "much" })[0] ?? "", /^MAX_VOLUME_SIZE="much" /);
});

test("reports entries that allow nothing", () => {
  const listed = (env: Readonly<Record<string, string>>) => {
    const parsed = parseSettings(env);
    assert.ok("settings" in parsed);
    return checkLists(parsed.settings).map(({ seen }) => seen);
  };
  assert.deepEqual(listed({}), []);
  const fine = {
    ALLOWED_VOLUMES: "secret:team-*,claim",
    ALLOWED_LABELS: "team,*",
    ALLOWED_IMAGE_PULL_SECRETS: "registry",
  };
  assert.deepEqual(listed(fine), []);
  const denied = { ALLOWED_VOLUMES: "secret:job-service-keptn-secrets", DENIED_SECRETS: "top-*" };
  assert.deepEqual(listed({ ...denied, ALLOWED_IMAGE_PULL_SECRETS: "top-secret,registry" }), [
    "ALLOWED_VOLUMES lists the Secret job-service-keptn-secrets, which tasks may not use.",
    "ALLOWED_IMAGE_PULL_SECRETS lists the Secret top-secret, which tasks may not use.",
  ]);
  assert.deepEqual(listed({ ALLOWED_LABELS: "team=a,cost,kueue.x-k8s.io/queue-name=q", JOB_LABELS: "cost=17" }), [
    "ALLOWED_LABELS lists cost, a label reserved for JOB_LABELS: tasks cannot set it.",
    "ALLOWED_LABELS lists kueue.x-k8s.io/queue-name, a label reserved for Kueue: tasks cannot set it.",
  ]);
  assert.deepEqual(listed({ MAX_VOLUME_SIZE: "10Mi" }), [
    "MAX_VOLUME_SIZE=10Mi is less than FILES_VOLUME_SIZE=20Mi, the default size of an emptyDir: an emptyDir without a size is always refused.",
  ]);
  assert.deepEqual(listed({ MAX_VOLUME_SIZE: "10Mi", ALLOWED_VOLUMES: "none" }), []);
  assert.match(seenOf({ MAX_VOLUME_SIZE: "10Mi" })[0] ?? "", /always refused/);
});
