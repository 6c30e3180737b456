// The Krew manifest: what Krew itself checks (krew, internal/index/validation), and that it names what the package has.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { parse } from "yaml";
import { makeKrewManifest } from "../../../build/release/krew-manifest.ts";
import manifest from "../../../package.json" with { type: "json" };

const tarball = Buffer.from("a package");
const { metadata, spec, ...rest } = makeKrewManifest("https://github.com/o/n", tarball);

test("is one that Krew takes", () => {
  assert.deepEqual(rest, { apiVersion: "krew.googlecontainertools.github.com/v1alpha2", kind: "Plugin" });
  assert.match(metadata.name, /^[\w-]+$/);
  assert.match(spec.version, /^v\d+\.\d+\.\d+$/);
  assert.ok(spec.shortDescription.length <= 50 && !spec.shortDescription.includes("\n"));
});

test("has the version and the file of the release, with its hash", () => {
  const [platform] = spec.platforms;
  assert.equal(spec.version, `v${manifest.version}`);
  assert.equal(platform?.uri.split("/").at(-1), `${manifest.name}-${manifest.version}.tgz`);
  assert.equal(platform?.sha256, createHash("sha256").update(tarball).digest("hex"));
});

test("starts the file that npm links as kubectl's plugin of that name", () => {
  const plugin = `kubectl-${metadata.name.replaceAll("-", "_")}` as "kubectl-job_executor";
  assert.equal(spec.platforms[0]?.bin, manifest.bin[plugin]);
  assert.ok(manifest.files.includes(manifest.bin[plugin]));
});

test("has Artifact Hub's annotations, lists as YAML in a text", () => {
  assert.ok(Object.keys(metadata.annotations).every((name) => name.startsWith("artifacthub.io/")));
  assert.deepEqual(parse(metadata.annotations["artifacthub.io/keywords"]), manifest.keywords);
  assert.equal(metadata.annotations["artifacthub.io/license"], manifest.license);
});
