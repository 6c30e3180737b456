// The bill of materials for image and package: all packages with code in a bundle, as CycloneDX.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import type { Metafile } from "esbuild";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly description?: string;
}

/** `node_modules/a/node_modules/@b/c/index.js` belongs to the package in `node_modules/a/node_modules/@b/c`. */
const folderOf = (input: string): string | undefined => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];

/** @returns the folders of packages with code in the bundles, sorted by name */
export const packagesOf = (metafiles: readonly Metafile[]): string[] => {
  const outputs = metafiles.flatMap(({ outputs }) => Object.values(outputs));
  const inputs = outputs.flatMap(({ inputs }) =>
    Object.keys(inputs).filter((name) => (inputs[name]?.bytesInOutput ?? 0) > 0),
  );
  return [...new Set(inputs.flatMap((input) => folderOf(input) ?? []))].sort();
};

/** Without serial number and time, so that the same bundles have the same bill. */
export const renderSbom = (metafiles: readonly Metafile[]): string => {
  const bom = new Models.Bom();
  bom.metadata.component = componentOf(".", Enums.ComponentType.Application);
  for (const folder of packagesOf(metafiles)) bom.components.add(componentOf(folder, Enums.ComponentType.Library));
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const options = { sortLists: true, space: 2 };
  return `${new Serialize.JsonSerializer(factory).serialize(bom, options)}\n`;
};

export const writeSbom = (folder: string, metafiles: readonly Metafile[]): void =>
  writeFileSync(join(folder, "sbom.cdx.json"), renderSbom(metafiles));

const componentOf = (folder: string, type: Enums.ComponentType): Models.Component => {
  const { name, version, license, description } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Manifest;
  const [group, short] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const component = new Models.Component(type, short ?? name, {
    version,
    purl,
    bomRef: purl,
    ...(group ? { group } : {}),
  });
  if (description) component.description = description;
  if (license) component.licenses.add(new Models.LicenseExpression(license));
  return component;
};
