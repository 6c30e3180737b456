// What is generated in docs/ is what the code says now, and complete: `npm run golden` writes it.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { makeJsonSchema } from "../../functions/lib/core/config/json-schema.ts";
import { checkFile } from "../golden.ts";
import { renderJesValues } from "./reference/jes-values.ts";
import { renderJobConfig, type Schema } from "./reference/job-config.ts";
import { renderLicences } from "./reference/licences.ts";
import { documentedProblems, renderProblems } from "./reference/problems.ts";
import { renderSettings } from "./reference/settings.ts";

const references: Readonly<Record<string, () => string>> = {
  "docs/schema/job-config.schema.json": () => `${JSON.stringify(makeJsonSchema(), undefined, 2)}\n`,
  "docs/reference/settings.md": renderSettings,
  "docs/reference/job-config.md": renderJobConfig,
  "docs/reference/problems.md": renderProblems,
  "docs/reference/jes-values.md": renderJesValues,
  "docs/reference/licences.md": renderLicences,
};

for (const [file, render] of Object.entries(references)) {
  test(`${file} is up to date`, () => checkFile(file, render()));
}

const documented = new Set(documentedProblems.map(({ code }) => code));

/** As sources write them: `code: "…"`, `code = … ? "…" : "…"`, and the first argument of what makes errors. */
const places = [/\bcode: ("[^"]+")/g, /\bcode = ([^;]+);/g, /\b(?:error|yamlError)\(\s*("[^"]+")/g];

const codesIn = (source: string): string[] =>
  places
    .flatMap((place) => [...source.matchAll(place)].map(([, found = ""]) => found))
    .flatMap((found) => [...found.matchAll(/"([a-z]+(?:-[a-z\d]+)+)"/g)].map(([, code = ""]) => code));

test("every problem in the sources is documented", () => {
  const codes = globSync("functions/**/*.ts").flatMap((file) => codesIn(readFileSync(file, "utf8")));
  assert.ok(new Set(codes).size > 80, `${new Set(codes).size} codes found`);
  assert.deepEqual([...new Set(codes)].filter((code) => !documented.has(code)).sort(), []);
});

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `missing-FIELD` and `bad-FIELD`, which are made of the fields' names. */
const codesOf = ({ required = [], properties = {}, items }: Schema): string[] => [
  ...required.map((name) => `missing-${kebab(name)}`),
  ...Object.entries(properties).flatMap(([name, field]) => [
    ...(field.enum ? [`bad-${kebab(name)}`] : []),
    ...codesOf(field),
  ]),
  ...(items ? codesOf(items) : []),
];

test("so is every code that is made of a field's name", () => {
  const codes = new Set(codesOf(makeJsonSchema()));
  assert.ok(codes.has("missing-image") && codes.has("bad-value-from"));
  assert.deepEqual([...codes].filter((code) => !documented.has(code)).sort(), []);
});
