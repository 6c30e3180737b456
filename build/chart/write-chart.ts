// The chart's files: objects and settings from Kustomize's overlays, values and metadata, and the templates in build/chart/files.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { emitJesValues } from "./jes-values.ts";
import { emitMetadata, emitReadme } from "./metadata.ts";
import { collectObjects } from "./objects.ts";
import { emitDefaults, emitObject, fileOf } from "./templates.ts";
import { makeValuesSchema } from "./values-schema.ts";
import { emitValues } from "./values-yaml.ts";
import { buildBase, buildVariants } from "./variants.ts";

/** @param folder is replaced */
export const writeChart = async (folder: string): Promise<void> => {
  const files = await makeFiles();
  await rm(folder, { recursive: true, force: true });
  await cp(join(import.meta.dirname, "files"), join(folder, "templates"), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
};

/** @returns texts by path */
const makeFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const objects = collectObjects(await buildBase(), await buildVariants());
  return {
    "Chart.yaml": emitMetadata(),
    "README.md": emitReadme(),
    "values.yaml": emitValues(),
    "values.schema.json": `${JSON.stringify(makeValuesSchema(), undefined, 2)}\n`,
    "templates/_defaults.tpl": emitDefaults(objects),
    "templates/_jes-values.tpl": emitJesValues(),
    ...Object.fromEntries(objects.map((object) => [join("templates", fileOf(object)), emitObject(object)])),
  };
};
