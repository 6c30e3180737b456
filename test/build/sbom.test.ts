// The bill of materials: what the bundles hold, no less and no more, at the versions that the lock file has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { describeBundle } from "../../build/bundle.ts";
import { programNames } from "../../build/programs.ts";
import { renderSbom } from "../../build/sbom.ts";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")).packages as Readonly<
  Record<string, { version: string }>
>;

test("lists each package of which a bundle holds code, and no other", async () => {
  const metafiles = await Promise.all(programNames.map(async (name) => (await describeBundle(name)).meta));
  const held = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const locked = Object.entries(lock).filter(([folder]) => folder !== "");
  // The longest folder that a file is in is its package's: those in a package's own node_modules stand in the lock file too.
  const folders = held.map((file) =>
    longest(locked.map(([folder]) => folder).filter((folder) => file.startsWith(`${folder}/`))),
  );
  const expected = new Set(folders.filter((folder) => folder !== "").map((folder) => purlOf(folder)));
  const listed = JSON.parse(renderSbom(metafiles)).components.map(({ purl }: { purl: string }) => purl);
  assert.ok(listed.length > 20);
  assert.deepEqual([...listed].sort(), [...expected].sort());
});

const longest = (texts: readonly string[]): string => texts.reduce((a, b) => (b.length > a.length ? b : a), "");

const purlOf = (folder: string): string => {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  return `pkg:npm/${name.replace("@", "%40")}@${lock[folder]?.version}`;
};
