// For every event and every valid config, planning is deterministic and Kubernetes accepts the names.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isDnsSubdomain,
  isEnvName,
  isLabelValue,
  isQualifiedName,
} from "../../../../functions/lib/core/config/kubernetes-names.ts";
import { parseJobConfig } from "../../../../functions/lib/core/config/parse.ts";
import { type KeptnEvent, parseKeptnEvent } from "../../../../functions/lib/core/event/keptn-event.ts";
import type { Job } from "../../../../functions/lib/core/kubernetes.ts";
import { planRuns } from "../../../../functions/lib/core/plan/plan.ts";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";
import { assertQuick } from "../../../quick.ts";

const parsed = parseSettings({
  ...{ ALLOWED_NAMESPACES: "*", ALLOWED_VOLUMES: "emptyDir,configMap,secret,claim" },
  ...{ ALLOWED_NODE_SELECTORS: "*", ALLOWED_TOLERATIONS: "*", ALLOWED_LABELS: "*" },
});
assert.ok("settings" in parsed);
const { settings } = parsed;

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", maxLength: 200 }), fc.string());
const name = anyText.filter((text) => text !== "");
/** `.` and `..` would change the path of a request: no event has them. */
const isNoPath = (text: string): boolean => text !== "." && text !== "..";
const place = name.filter(isNoPath);
const small = fc.constantFrom("a", "b", "carts", "my-space");

const events = fc
  .record({
    id: place,
    type: fc.constantFrom(
      "sh.keptn.event.test.triggered",
      "sh.keptn.event.deployment.triggered",
      "sh.keptn.event.test.finished",
    ),
    source: fc.oneof(fc.constant("shipyard-controller"), place),
    shkeptncontext: place,
    gitcommitid: anyText.filter(isNoPath),
    data: fc.record({
      project: place,
      stage: place,
      service: place,
      labels: fc.dictionary(anyText, anyText),
      more: fc.jsonValue(),
    }),
  })
  .map((value): KeptnEvent => {
    const event = parseKeptnEvent(value);
    assert.ok(event.kind === "event", JSON.stringify(event));
    return event.event;
  });

const variables = fc.oneof(
  fc.record({
    name: fc.constantFrom("HOST", "A.b-c", "_x", "KEPTN_STAGE"),
    value: anyText,
    valueFrom: fc.constant("string"),
  }),
  fc.record({
    name: fc.constantFrom("HOST", "EVENT"),
    value: fc.constantFrom("$", "$.data.more", "$..project"),
    valueFrom: fc.constant("event"),
    as: fc.constantFrom("json", "yaml", ""),
  }),
  fc.record({ name: small, valueFrom: fc.constant("secret") }),
  fc.record({
    name: fc.constantFrom("HOST", "KEY"),
    valueFrom: fc.constant("secret"),
    secret: fc.record({ name: small, key: fc.constantFrom("a", "tls.crt"), optional: fc.boolean() }),
  }),
  fc.record({
    name: fc.constantFrom("HOST", "LEVEL"),
    valueFrom: fc.constant("configMap"),
    configMap: fc.record({ name: small, key: fc.constant("LOG_LEVEL") }),
  }),
);

const some = <T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(record, { requiredKeys: [] });

const rooms = some({ size: fc.constantFrom("1Mi", "20k"), medium: fc.constantFrom("Memory", "") });
const kinds = fc.oneof(
  fc.record({ claim: small }),
  fc.record({ configMap: small, readOnly: fc.boolean() }),
  fc.record({ secret: small }),
  fc.record({ emptyDir: rooms }),
);
const volumes = fc
  .array(kinds, { maxLength: 3 })
  .map((all) => all.map((kind, index) => ({ ...kind, mount: `v${index}`, path: `/v/${index}` })));

const tasks = fc
  .tuple(
    fc.record({ name, image: fc.constantFrom("alpine", "ghcr.io/me/tool:1") }),
    some({
      imagePullPolicy: fc.constantFrom("Always", "Never", ""),
      cmd: fc.array(anyText),
      args: fc.array(anyText),
      files: fc.array(fc.constantFrom("a/b.txt", "/helm", "")),
      env: fc.array(variables, { maxLength: 4 }),
      workingDir: anyText,
      resources: some({ limits: some({ cpu: fc.constantFrom(1, "500m"), memory: fc.constant("1Gi") }) }),
      maxPollDuration: fc.integer({ min: 1, max: 100_000 }),
      ttlSecondsAfterFinished: fc.integer({ min: -5, max: 100_000 }),
      namespace: small,
      serviceAccount: small,
      volume: rooms,
      volumes,
      imagePullSecrets: fc.array(small),
      nodeSelector: fc.dictionary(fc.constantFrom("disk", "example.com/zone"), small),
      tolerations: fc.array(fc.record({ key: small, operator: fc.constant("Exists") }), { maxLength: 2 }),
      labels: fc.dictionary(fc.constantFrom("team", "example.com/a.b"), small),
      annotations: fc.dictionary(fc.constantFrom("a", "example.com/b"), anyText),
      securityContext: some({
        runAsUser: fc.nat(),
        capabilities: some({ add: fc.array(fc.constant("net_bind_service")) }),
      }),
    }),
  )
  .map(([needed, optional]) => ({ ...needed, ...optional }));

const actions = fc.record({
  name,
  silent: fc.constantFrom(true, false, "yes", "off"),
  events: fc.array(fc.record({ name: fc.constantFrom("test.triggered", "sh.keptn.event.*", "^nothing$") })),
  tasks: fc.array(tasks, { minLength: 1, maxLength: 3 }),
});

const configs = fc.record({ apiVersion: fc.constant("v2"), actions: fc.array(actions, { maxLength: 4 }) });

test("every event and every valid config yield the same plan each time, with valid Kubernetes names", () => {
  let planned = 0;
  fc.assert(
    fc.property(events, configs, (event, config) => {
      const input = { event, configText: JSON.stringify(config), configFile: "f", settings };
      const plan = planRuns(input);
      assert.deepEqual(planRuns(input), plan);
      if (plan.kind === "refuse") assert.doesNotMatch(plan.message, /unknown-key|missing-name|wrong-type|bad-/);
      if (plan.kind !== "run") return;
      planned += 1;
      const jobs = plan.runs.flatMap((run) => run.jobs);
      assert.equal(new Set(jobs.map(({ metadata }) => metadata?.name)).size, jobs.length);
      jobs.forEach(checkJob);
    }),
    { numRuns: 300 },
  );
  assert.ok(planned > 50, `only ${planned} of the plans ran anything`);
});

const checkJob = ({ metadata, spec }: Job): void => {
  const pod = spec?.template.spec;
  const containers = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
  for (const one of [metadata?.name ?? "", ...containers.map((container) => container.name)]) {
    assert.ok(isDnsSubdomain(one) && !one.includes(".") && one.length <= 63, one);
  }
  for (const labels of [metadata?.labels, spec?.template.metadata?.labels]) {
    for (const [key, value] of Object.entries(labels ?? {})) {
      assert.ok(isQualifiedName(key) && isLabelValue(value), `${key}=${value}`);
    }
  }
  const volumes = new Set(pod?.volumes?.map((volume) => volume.name));
  assert.equal(volumes.size, pod?.volumes?.length);
  for (const { name, mountPath } of containers.flatMap(({ volumeMounts }) => volumeMounts ?? []))
    assert.ok(volumes.has(name) && isDnsSubdomain(name) && mountPath.startsWith("/"), `${name} ${mountPath}`);
  assert.ok(metadata?.labels?.["keptn.sh/jes-run"] && metadata.labels["keptn.sh/jes-state"] === "waiting");
  for (const key of Object.keys(metadata?.annotations ?? {})) assert.ok(isQualifiedName(key), key);
  for (const variable of containers.flatMap(({ env }) => env ?? [])) assert.ok(isEnvName(variable.name), variable.name);
};

/** Texts that resemble a config, and arbitrary texts. */
const pieces = fc.constantFrom(
  "apiVersion: v2\n",
  "actions:\n",
  "  - name: a\n",
  "    tasks:\n",
  "      - image: alpine\n",
  "    events: [{name: x}]\n",
  "- ",
  ": ",
  "? ",
  "[",
  "]",
  "{",
  "}",
  "&a ",
  "*a",
  "<<: ",
  "|\n",
  ">-\n",
  "'",
  '"',
  "#",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "!!str ",
  "!",
  "~",
  "null",
  "\t",
  "  ",
  "\n",
  ",",
  "\u0000",
  "\ufeff",
  "__proto__: x\n",
  "env: ",
  "$..a",
  "(a+)+$",
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.tuple(pieces, fc.nat({ max: 4000 })).map(([piece, times]) => piece.repeat(times)),
  configs.map((config) => JSON.stringify(config)),
);

test("every text yields problems or a config, quickly", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { config, problems } = assertQuick(1000, () => parseJobConfig(text, "f"));
      assert.ok(config !== undefined || problems.some(({ severity }) => severity === "error"));
      for (const { at } of problems) assert.ok(at && at.line >= 1 && at.column >= 1);
    }),
    { numRuns: 300 },
  );
});
