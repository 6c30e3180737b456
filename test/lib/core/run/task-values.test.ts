// Variables of a task that come from the results of earlier tasks, whatever those results contain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotation } from "../../../../functions/lib/core/annotations/annotations.ts";
import { type WantedValue, wantedValuesOf } from "../../../../functions/lib/core/annotations/wanted-values.ts";
import type { Job } from "../../../../functions/lib/core/kubernetes.ts";
import { parseResult } from "../../../../functions/lib/core/report/result.ts";
import { type Earlier, makeValues, valuesOf } from "../../../../functions/lib/core/run/task-values.ts";

const wantedOf = (path: string, as?: WantedValue["as"]): WantedValue => ({
  ...{ name: "V", key: "env-0", task: 0, path },
  ...(as ? { as } : {}),
});
const earlier = (result: string, task = "build"): Earlier => ({ kind: "result", task, result: parseResult(result) });
const valueAt = (path: string, result: string, { as, task }: { as?: WantedValue["as"]; task?: string } = {}) =>
  valuesOf([wantedOf(path, as)], new Map([[0, earlier(result, task)]]));
const there = (text: string) => ({ kind: "there", data: { "env-0": text } });

test("a string stays as it is, everything else becomes JSON or what `as` asks for", () => {
  assert.deepEqual(valueAt("$.build.a", '{"a": "1.10"}'), there("1.10"));
  assert.deepEqual(valueAt("$.build.a", '{"a": "1.10"}', { as: "json" }), there('"1.10"'));
  assert.deepEqual(valueAt("$.build.a", '{"a": 12345678901234567890}'), there("12345678901234567890"));
  assert.deepEqual(valueAt("$.build.a", '{"a": null}'), there("null"));
  assert.deepEqual(valueAt("$.build.a", '{"a": [1, {"b": 2}]}', { as: "yaml" }), there("- 1\n- b: 2\n"));
  assert.deepEqual(valueAt('$.build.l[?(@.n == "x")].v', '{"l": [{"n": "x", "v": 1}, {"v": 2}]}'), there("[1]"));
  assert.deepEqual(valueAt('$["Run tests"].a', "a: 007", { task: "Run tests" }), there("007"));
});

for (const name of ["__proto__", "constructor", "prototype", "toString"]) {
  test(`${name} reaches nothing`, () => {
    for (const path of [`$.build.${name}`, `$.build.a.${name}.${name}`, `$.${name}.a`])
      assert.equal(valueAt(path, '{"a": {"b": 1}}').kind, "missing", path);
    assert.deepEqual(valueAt(`$.${name}.a`, '{"a": 1}', { task: name }), there("1"));
  });
}

const laughs = [..."abcdefghijklmnop"]
  .map(
    (name, i, all) =>
      `${name}: &${name} [${
        i === 0
          ? "lol"
          : Array(9)
              .fill(`*${all[i - 1]}`)
              .join(", ")
      }]`,
  )
  .join("\n");

for (const [what, path, result] of [
  ["a billion laughs", "$.build.p", laughs],
  ["a deep nest", "$.build..a", `{"a": ${"[".repeat(2000)}${"]".repeat(2000)}}`],
  ["everything, as often as it can be named", "$.build..*", `{"a": ${"[[".repeat(40)}${"]]".repeat(40)}}`],
  ["every name, at any depth", "$.build..*..*", JSON.stringify(Array.from({ length: 900 }, (_, i) => ({ [i]: i })))],
] as const) {
  test(`${what}: yields no value, or one that Linux accepts`, () => {
    const values = valueAt(path, result);
    if (values.kind === "there") assert.ok(Buffer.byteLength(values.data["env-0"] ?? "") < 128 * 1024);
    else assert.ok(values.why.length < 2000);
  });
}

test("the values of a task together fit into a ConfigMap", () => {
  const wanted = Array.from({ length: 100 }, (_, i) => ({ ...wantedOf("$.build"), key: `env-${i}` }));
  const large: Earlier = { kind: "result", task: "build", result: { kind: "data", data: { a: "x".repeat(20_000) } } };
  const values = valuesOf(wanted, new Map([[0, large]]));
  assert.match(values.kind === "missing" ? values.why : "", /more than 921600 bytes together/);
});

test("only a few of many missing values are reported, without values of the result", () => {
  const wanted = Array.from({ length: 50 }, (_, i) => ({
    ...wantedOf(`$.build.x${i}`),
    name: `V${i}`,
    key: `env-${i}`,
  }));
  const fields = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`name-${i}\u001b[2J`, "secret"]));
  const values = valuesOf(wanted, new Map([[0, earlier(JSON.stringify(fields))]]));
  const why = values.kind === "missing" ? values.why : "";
  assert.match(why, /V0 needs.*V2 needs.* 47 more values are missing\./);
  assert.ok(!why.includes("secret") && !why.includes("\u001b") && why.length < 2000, why);
});

test("a task without a known result has no value", () => {
  assert.deepEqual(valuesOf([wantedOf("$.build.a")], new Map()).kind, "missing");
});

test("malformed annotations of a Job ask for no values", () => {
  const jobWith = (text: string): Job => ({ metadata: { annotations: { [annotation.values]: text } } }) as Job;
  const good = wantedOf("$.build.a", "json");
  assert.deepEqual(wantedValuesOf(jobWith(JSON.stringify([good]))), [good]);
  for (const wrong of [{ ...good, task: -1 }, { ...good, task: 0.5 }, { ...good, key: "" }, { ...good, path: 1 }, null])
    assert.deepEqual(wantedValuesOf(jobWith(JSON.stringify([wrong]))), []);
  for (const text of ["", "{}", "[", "null"]) assert.deepEqual(wantedValuesOf(jobWith(text)), []);
});

test("the ConfigMap belongs to the Job, is immutable, and carries the labels of its run", () => {
  const labels = { "keptn.sh/jes-run": "r", "app.kubernetes.io/managed-by": "m", other: "x" };
  const job = { metadata: { name: "job-1", namespace: "jobs", uid: "u", labels } } as Job;
  assert.deepEqual(makeValues(job, { "env-0": "v" }), {
    ...{ apiVersion: "v1", kind: "ConfigMap", immutable: true, data: { "env-0": "v" } },
    metadata: {
      ...{ name: "job-1-values", namespace: "jobs" },
      labels: { "keptn.sh/jes-run": "r", "app.kubernetes.io/managed-by": "m" },
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: "job-1", uid: "u" }],
    },
  });
});
