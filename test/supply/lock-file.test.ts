// What is installed is what was looked at: every package by its hash, and no code of one runs unless it is named.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { renderLicences } from "../docs/reference/licences.ts";
import { lockedPackages } from "./lock-file.ts";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const packages = lockedPackages();
const foldersOf = (what: (one: (typeof packages)[number]) => boolean) =>
  packages.filter(what).map(({ folder }) => folder);

test("every package is locked by a hash, wherever it comes from", () => {
  assert.ok(packages.length > 100);
  assert.deepEqual(
    foldersOf(({ integrity }) => !integrity?.startsWith("sha512-")),
    [],
  );
  assert.deepEqual(
    foldersOf(({ resolved }) => resolved !== undefined),
    [],
  );
});

test("the lock file has all that package.json asks for", () => {
  const { dependencies, devDependencies } = manifest;
  const [root] = Object.values(JSON.parse(readFileSync("package-lock.json", "utf8")).packages) as [typeof manifest];
  assert.deepEqual([root.dependencies, root.devDependencies], [dependencies, devDependencies]);
  const folders = new Set(foldersOf(() => true));
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !folders.has(`node_modules/${name}`),
  );
  assert.deepEqual(missing, []);
});

test("scripts of packages run at installation only where package.json allows it, and for nothing that we ship", () => {
  const withScripts = packages.filter(({ hasInstallScript }) => hasInstallScript);
  assert.deepEqual(withScripts.map(({ name }) => name).sort(), Object.keys(manifest.allowScripts).sort());
  assert.deepEqual(
    withScripts.filter(({ forDevelopment }) => !forDevelopment),
    [],
  );
});

/** All of them permit what we do; another one is for a person to look at. */
const known = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
];

test("every licence of what we ship is known", () => {
  const licences = [...renderLicences().matchAll(/^\| \S+ \| \d\S* \| (.+) \|$/gm)].map(([, licence = ""]) => licence);
  assert.ok(licences.length > 100);
  assert.deepEqual(
    [...new Set(licences)].filter((licence) => !known.includes(licence)),
    [],
  );
});
