// Artifact Hub's metadata of each kind that it reads from files here. Krew's is in test/build/release/krew.test.ts, the image's in
// test/build/workflows.test.ts.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { emitMetadata } from "../../build/chart/metadata.ts";
import manifest from "../../package.json" with { type: "json" };

/** A folder for each kind of repository: Artifact Hub takes every artifacthub-pkg.yml below the one it is given. */
const kinds = { keptn: manifest.name, kn: "job-executor" } as const;

const categories = ["ai-machine-learning", "database", "integration-delivery", "monitoring-logging", "networking"];

const read = (...path: readonly string[]) => parse(readFileSync(join("docs/artifacthub", ...path), "utf8"));

for (const [kind, name] of Object.entries(kinds)) {
  describe(`Artifact Hub's metadata in ${kind}`, () => {
    const metadata = read(kind, "artifacthub-pkg.yml");
    test("has all that is required", () => {
      for (const field of ["version", "name", "displayName", "createdAt", "description"])
        assert.ok(typeof metadata[field] === "string" && metadata[field] !== "", field);
      assert.match(metadata.name, /^[a-z\d-]+$/);
      assert.ok(!Number.isNaN(Date.parse(metadata.createdAt)));
      assert.ok(categories.includes(metadata.category));
    });
    test("says the same as package.json", () => {
      const { version, license, keywords } = manifest;
      assert.deepEqual(
        [metadata.name, metadata.version, metadata.appVersion, metadata.license],
        [name, version, version, license],
      );
      assert.deepEqual(
        keywords.filter((word) => !metadata.keywords.includes(word)),
        [],
      );
    });
    test("has a logo that is there, a readme, and a file for the repository", () => {
      assert.ok(existsSync(join("docs/artifacthub", kind, metadata.logoPath)));
      assert.ok(metadata.readme.length > 100 && metadata.install.includes(`${manifest.version}\n`));
      assert.ok(Array.isArray(read(kind, "artifacthub-repo.yml").owners));
    });
  });
}

test("no kind's folder has a package of another kind", () => {
  const packages = globSync("**/artifacthub-pkg.yml", { cwd: "docs/artifacthub" }).toSorted();
  assert.deepEqual(
    packages,
    Object.keys(kinds).map((kind) => join(kind, "artifacthub-pkg.yml")),
  );
});

test("Keptn's integration has kinds that Artifact Hub knows", () => {
  const known = "webhook testing deployment notification observability remediation sli-provider finops security";
  const listed: readonly string[] = read("keptn", "artifacthub-pkg.yml").annotations["keptn/kind"].split(",");
  assert.deepEqual(
    listed.filter((kind) => !known.split(" ").includes(kind)),
    [],
  );
});

test("the Helm chart says the same as package.json, with Artifact Hub's annotations", () => {
  const { annotations, ...chart } = parse(emitMetadata());
  assert.deepEqual([chart.name, chart.version, chart.appVersion], [manifest.name, manifest.version, manifest.version]);
  assert.equal(annotations["artifacthub.io/license"], manifest.license);
  assert.ok(categories.includes(annotations["artifacthub.io/category"]));
});

test("the plugin of kn names the command by which kn finds it", () => {
  const { readme, install } = read("kn", "artifacthub-pkg.yml");
  assert.ok(install.includes("`kn-job_executor`") && readme.includes("kn job-executor lint"));
  assert.ok("kn-job_executor" in manifest.bin);
});
