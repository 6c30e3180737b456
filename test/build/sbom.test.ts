// The bill of materials: what the bundles hold, no less and no more, at the versions that the lock file has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Metafile } from "esbuild";
import { bundleCli, describeBundle } from "../../build/bundle.ts";
import { programNames } from "../../build/programs.ts";
import { renderSbom } from "../../build/sbom.ts";
import manifest from "../../package.json" with { type: "json" };
import { makeTempFolder } from "../doubles/temp-folder.ts";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")).packages as Readonly<
  Record<string, { version: string }>
>;

describe("the bill of materials", () => {
  test("of the image lists each package of which a bundle holds code, and no other", async () => {
    checkSbom(await Promise.all(programNames.map(async (name) => (await describeBundle(name)).meta)));
  });
  test("of the npm package does so too", async (context) => {
    checkSbom([await bundleCli(await makeTempFolder(context))]);
  });
});

const checkSbom = (metafiles: readonly Metafile[]): void => {
  const { metadata, components } = JSON.parse(renderSbom(metafiles));
  assert.deepEqual([metadata.component.name, metadata.component.version], [manifest.name, manifest.version]);
  const listed: readonly string[] = components.map(({ purl }: { purl: string }) => purl);
  assert.ok(listed.length > 15, `${listed.length} packages`);
  assert.deepEqual(listed.toSorted(), purlsIn(metafiles).toSorted());
};

/** From what esbuild says and the lock file: the longest folder that a file is in is its package's. */
const purlsIn = (metafiles: readonly Metafile[]): string[] => {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).map((output) => output.inputs));
  const held = inputs.flatMap((of) => Object.keys(of).filter((path) => (of[path]?.bytesInOutput ?? 0) > 0));
  const locked = Object.keys(lock).filter((folder) => folder !== "");
  const folders = held.map((file) => longest(locked.filter((folder) => file.startsWith(`${folder}/`))));
  return [...new Set(folders.filter((folder) => folder !== ""))].map(purlOf);
};

const longest = (texts: readonly string[]): string => texts.reduce((a, b) => (b.length > a.length ? b : a), "");

const purlOf = (folder: string): string => {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  return `pkg:npm/${name.replace("@", "%40")}@${lock[folder]?.version}`;
};
