// What the operator's lists allow a task beyond its own pod.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJobConfig } from "../../../../functions/lib/core/config/parse.ts";
import type { Task } from "../../../../functions/lib/core/config/schema.ts";
import { taintOf } from "../../../../functions/lib/core/config/toleration-schema.ts";
import { makeMounts } from "../../../../functions/lib/core/job/volumes.ts";
import { checkRules } from "../../../../functions/lib/core/policy/rules.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";

const taskOf = (fields: object): Task => {
  const task = { name: "t", image: "alpine", ...fields };
  const text = JSON.stringify({ apiVersion: "v2", actions: [{ name: "a", events: [{ name: "x" }], tasks: [task] }] });
  const { config, problems } = parseJobConfig(text, "f");
  assert.ok(config, JSON.stringify(problems));
  return config.actions[0]!.tasks[0]!;
};

const codesOf = (fields: object, env: Record<string, string> = {}): string[] => {
  const parsed = parseSettings({ JOB_POD_SECURITY_LEVEL: "restricted", ...env });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return checkRules(taskOf(fields), parsed.settings).map(({ code }) => code);
};

test("every kind of volume is allowed by the restricted Pod Security level", () => {
  const kinds = [{ claim: "x" }, { configMap: "x" }, { secret: "x" }, { emptyDir: { medium: "Memory" } }];
  const volumes = kinds.map((kind, index) => ({ ...kind, mount: `v${index}`, path: `/v${index}` }));
  assert.deepEqual(codesOf({ volumes }, { ALLOWED_VOLUMES: "claim, configMap, secret, emptyDir" }), []);
});

const lists: readonly (readonly [string, object, string, readonly string[], readonly string[]])[] = [
  [
    "ALLOWED_VOLUMES",
    { volumes: [{ mount: "a", claim: "m2-cache", path: "/a" }] },
    "volume-not-allowed",
    ["claim", "claim:*-cache", "secret,claim:m2-cache"],
    ["none", "emptyDir", "claim:m2", "secret:m2-cache"],
  ],
  [
    "ALLOWED_NODE_SELECTORS",
    { nodeSelector: { disk: "ssd" } },
    "node-selector-not-allowed",
    ["disk", "disk=ssd", "d*=s*", "*"],
    ["disk=hdd", "dis", "=ssd", "ssd"],
  ],
  [
    "ALLOWED_LABELS",
    { labels: { "example.com/team": "a" } },
    "label-not-allowed",
    ["example.com/*", "example.com/team=a", "*"],
    ["example.com", "example.com/team=b"],
  ],
  [
    "ALLOWED_TOLERATIONS",
    { tolerations: [{ key: "gpu", operator: "Exists" }] },
    "toleration-not-allowed",
    ["gpu", "gpu*", "*"],
    ["gpu=*", "gpu:NoSchedule", "gp"],
  ],
  [
    "ALLOWED_TOLERATIONS",
    { tolerations: [{ operator: "Exists", effect: "NoExecute" }] },
    "toleration-not-allowed",
    ["*", "*:NoExecute"],
    ["?", "gpu*", "*:NoSchedule"],
  ],
  [
    "ALLOWED_PRIORITY_CLASSES",
    { priorityClassName: "low" },
    "priority-class-not-allowed",
    ["low", "l*", "high,low"],
    ["lo", "LOW"],
  ],
  ["ALLOWED_RUNTIME_CLASSES", { runtimeClassName: "gvisor" }, "runtime-class-not-allowed", ["gvisor", "*"], ["kata"]],
];
for (const [setting, fields, code, allowing, refusing] of lists) {
  test(`${setting} denies by default, and allows ${JSON.stringify(fields)} when an entry matches`, () => {
    assert.deepEqual(codesOf(fields), [code]);
    for (const list of allowing) assert.deepEqual(codesOf(fields, { [setting]: list }), [], list);
    for (const list of refusing) assert.deepEqual(codesOf(fields, { [setting]: list }), [code], list);
  });
}

test("volume sizes are added up and limited by MAX_VOLUME_SIZE", () => {
  const volumes = [{ mount: "a", path: "/a", emptyDir: {} }];
  const volume = { size: "80Mi" };
  assert.deepEqual(codesOf({ volume, volumes }, { MAX_VOLUME_SIZE: "100Mi" }), []);
  assert.deepEqual(codesOf({ volume, volumes }, { MAX_VOLUME_SIZE: "99Mi" }), ["volume-too-large"]);
  assert.deepEqual(codesOf({}, { MAX_VOLUME_SIZE: "1Mi" }), []);
});

test("ALLOWED_VOLUMES accepts only known kinds", () => {
  for (const bad of ["hostPath", "*", "emptyDir:x", "claim:", "configmap"])
    assert.ok("problems" in parseSettings({ ALLOWED_VOLUMES: bad }), bad);
});

test("a toleration is written like a taint in kubectl", () => {
  assert.equal(taintOf({ key: "a", value: "b", effect: "NoSchedule" }), "a=b:NoSchedule");
  assert.equal(taintOf({ key: "a", operator: "Exists", effect: "NoExecute" }), "a:NoExecute");
  assert.equal(taintOf({ key: "a" }), "a=");
  assert.equal(taintOf({ operator: "Exists" }), "");
});

test("ConfigMaps and Secrets are always mounted read-only", () => {
  const volumes = [
    { mount: "a", path: "/a/", configMap: "x", readOnly: false },
    { mount: "b", path: "/b", secret: "x" },
    { mount: "c", path: "/c", claim: "x" },
  ];
  const mounts = makeMounts({ task: taskOf({ volumes }) }).slice(1);
  assert.deepEqual(mounts, [
    { name: "a", mountPath: "/a", readOnly: true },
    { name: "b", mountPath: "/b", readOnly: true },
    { name: "c", mountPath: "/c" },
  ]);
});
