// docs/schema/schemastore.json, the entry for SchemaStore's catalog: editors then know the schema without any setting.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const entry = JSON.parse(readFileSync("docs/schema/schemastore.json", "utf8"));

/** SchemaStore checks entries so (schema-catalog.json and cli.js in its repository). */
test("SchemaStore's entry has the fields that its catalog takes, without the word schema", () => {
  assert.deepEqual(Object.keys(entry), ["name", "description", "fileMatch", "url"]);
  assert.doesNotMatch(`${entry.name} ${entry.description}`, /schema/i);
  assert.ok(entry.fileMatch.every((pattern: string) => pattern.startsWith("**/")));
});

test("its address is that of the schema in the npm package", () => {
  const [, name, path = ""] = /^https:\/\/unpkg\.com\/([^/]+)\/(.+)$/.exec(entry.url) ?? [];
  assert.equal(name, manifest.name);
  assert.ok(existsSync(path), path);
  assert.ok(manifest.files.some((folder) => path.startsWith(`${folder}/`)));
});

const isMatched = (file: string): boolean =>
  entry.fileMatch.some((pattern: string) => matchesGlob(`repository/${file}`, pattern));

test("it is for the files that the Action and the pre-commit hook lint, and no others", () => {
  const examples = globSync("docs/examples/**/*.yaml");
  const [hook] = parse(readFileSync(".pre-commit-hooks.yaml", "utf8"));
  const isLinted = (file: string) => new RegExp(hook.files).test(file);
  const names = [...examples, "job/config.yaml", "carts/job/config.yml", "ajob/config.yaml", "config.yaml"];
  assert.ok(names.filter(isLinted).length > 10 && names.some((file) => !isLinted(file)));
  assert.deepEqual(names.filter(isMatched), names.filter(isLinted));
  const { inputs } = parse(readFileSync("action.yml", "utf8"));
  assert.ok(entry.fileMatch.includes(inputs.configs.default));
});
