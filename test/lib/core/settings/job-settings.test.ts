// The operator's settings for Jobs, from environment variables.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSettings } from "../../../../functions/lib/core/settings/settings.ts";

const parse = (env: Record<string, string>) => {
  const parsed = parseSettings(env);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};

const problemOf = (env: Record<string, string>): string | undefined => {
  const parsed = parseSettings(env);
  return "problems" in parsed ? parsed.problems[0]?.message : undefined;
};

test("trims the entries of a list and drops empty ones", () => {
  assert.deepEqual(parse({ ALLOWED_IMAGE_LIST: " alpine , ,docker.io/me/* " }).ALLOWED_IMAGE_LIST, [
    "alpine",
    "docker.io/me/*",
  ]);
});

test("accepts labels as pairs and as JSON", () => {
  const labels = { Label: "Value", "example.com/team": "a" };
  assert.deepEqual(parse({ JOB_LABELS: "Label=Value, example.com/team=a" }).JOB_LABELS, labels);
  assert.deepEqual(parse({ JOB_LABELS: JSON.stringify(labels) }).JOB_LABELS, labels);
});

test("refuses labels that Kubernetes would refuse", () => {
  for (const JOB_LABELS of ["a b=c", "a=b c", "=x", '{"a":{"b":"c"}}', "{", '["a"]']) {
    assert.match(problemOf({ JOB_LABELS }) ?? "", /^JOB_LABELS=/, JOB_LABELS);
  }
});

test("accepts security contexts as JES's chart writes them", () => {
  const { POD_SECURITY_CONTEXT, JOB_SECURITY_CONTEXT } = parse({
    POD_SECURITY_CONTEXT: '{"RunAsUser":7,"RunAsNonRoot":true,"supplementalGroups":[1,2],"fsGroup":3}',
    JOB_SECURITY_CONTEXT: '{"capabilities":{"drop":["all"],"add":["net_raw"]},"readOnlyRootFilesystem":false}',
  });
  assert.deepEqual(POD_SECURITY_CONTEXT, { runAsUser: 7, runAsNonRoot: true, supplementalGroups: [1, 2], fsGroup: 3 });
  assert.deepEqual(JOB_SECURITY_CONTEXT, {
    capabilities: { drop: ["ALL"], add: ["NET_RAW"] },
    readOnlyRootFilesystem: false,
  });
});

test("reports errors in a security context", () => {
  assert.match(problemOf({ JOB_SECURITY_CONTEXT: '{"runAsUsr":1}' }) ?? "", /JOB_SECURITY_CONTEXT=.*runAsUsr/);
  assert.match(problemOf({ JOB_SECURITY_CONTEXT: '{"runAsUser":"root"}' }) ?? "", /runAsUser/);
  assert.match(problemOf({ POD_SECURITY_CONTEXT: "runAsUser: 1" }) ?? "", /POD_SECURITY_CONTEXT=/);
});

test("accepts quantities, and an empty value for no quantity", () => {
  const settings = parse({ DEFAULT_RESOURCE_LIMITS_CPU: "none", DEFAULT_RESOURCE_LIMITS_MEMORY: "1Gi" });
  assert.equal(settings.DEFAULT_RESOURCE_LIMITS_CPU, "");
  assert.equal(settings.DEFAULT_RESOURCE_LIMITS_MEMORY, "1Gi");
  assert.match(problemOf({ DEFAULT_RESOURCE_LIMITS_CPU: "much" }) ?? "", /is not a quantity/);
});
