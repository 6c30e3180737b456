// JES's Helm values and the resulting overlay: each folder of test/golden/migrate is one kind of installation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chartValues } from "../../../../functions/cli/migrate/values/chart-values.ts";
import { defaultImage } from "../../../../functions/cli/migrate/values/general-notes.ts";
import { planMigration } from "../../../../functions/cli/migrate/values/plan-migration.ts";
import { rowOf, valueTable } from "../../../../functions/cli/migrate/values/value-table.ts";
import { renderProblems } from "../../../../functions/lib/core/problem.ts";
import { goldenCases } from "../../../golden.ts";

const options = { namespace: "job-executor", image: defaultImage, folder: "overlay", manifests: "../manifests" };
const planFor = (text: string, more: Partial<typeof options> = {}) =>
  planMigration({ text, file: "values.yaml", ...options, ...more });

for (const { name, read, check } of goldenCases("migrate")) {
  test(`migrate: ${name.replaceAll("-", " ")}`, () => {
    const planned = planFor(read("values.yaml") ?? "");
    const isRefused = "problems" in planned;
    check("problems.txt", isRefused ? `${renderProblems(planned.problems)}\n` : undefined);
    check("kustomization.yaml", isRefused ? undefined : planned.overlay);
    check("notes.json", isRefused ? undefined : `${JSON.stringify(planned.notes, undefined, 2)}\n`);
    assert.doesNotMatch(JSON.stringify(planned), /s3cr3t/);
  });
}

const leavesOf = (tree: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree)
    ? Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]))
    : [path];

test("every value of the chart has a row", () => {
  const without = leavesOf(chartValues).filter((path) => !rowOf(path));
  assert.deepEqual(without, []);
});

test("no row appears twice", () => {
  const names = valueTable.map(({ value }) => value);
  assert.deepEqual(names, [...new Set(names)]);
});

test("the chart's own values change nothing, however they are written", () => {
  const defaults = planFor("");
  assert.ok("notes" in defaults);
  const written = planFor(JSON.stringify(chartValues));
  assert.deepEqual(written, defaults);
});

test("sets an image by tag, by digest, or by name alone", () => {
  const imageOf = (image: string) => {
    const planned = planFor("", { image });
    assert.ok("overlay" in planned);
    const [, block = ""] =
      /images:\n {2}- name: job-executor-functions\n([\s\S]*?)\nreplacements/.exec(planned.overlay) ?? [];
    return block.split("\n").map((line) => line.trim());
  };
  assert.deepEqual(imageOf("r.example.org:5000/jes:1.0"), ["newName: r.example.org:5000/jes", 'newTag: "1.0"']);
  assert.deepEqual(imageOf("r.example.org:5000/jes"), ["newName: r.example.org:5000/jes"]);
  assert.deepEqual(imageOf("jes@sha256:0123"), ["newName: jes", "digest: sha256:0123"]);
});

test("two loose security contexts give the namespace the level that both need", () => {
  const pod = "podSecurityContext: {seccompProfile: {type: Unconfined}}";
  const planned = planFor(`jobConfig: {${pod}, jobSecurityContext: {runAsUser: 0, runAsNonRoot: false}}`);
  assert.ok("overlay" in planned);
  const levels = [...planned.overlay.matchAll(/enforce: (\w+)/g)].map(([, level]) => level);
  assert.deepEqual(levels, ["privileged", "privileged"]);
});
