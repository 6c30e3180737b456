// `npm run chart [folder]`: writes the Helm chart, which Kustomize's overlays are rendered into (docs/install.md#by-helm-chart).
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emitIf, emitNode } from "./chart/emit.ts";
import { emitJesValues } from "./chart/jes-values.ts";
import { emitMetadata } from "./chart/metadata.ts";
import { at, type Node } from "./chart/node.ts";
import { type ChartObject, collectObjects } from "./chart/objects.ts";
import { emitValues } from "./chart/values-file.ts";
import { makeValuesSchema } from "./chart/values-schema.ts";
import { buildBase, buildVariants } from "./chart/variants.ts";
import { defaultImage } from "../functions/cli/migrate/values/general-notes.ts";

const isSettings = ({ kind, name }: ChartObject): boolean => kind === "ConfigMap" && name === "job-executor-settings";

const isOurNamespace = ({ kind, name }: ChartObject): boolean => kind === "Namespace" && name === "keptn-jes";

/** Settings may come from a release's values too. */
const withAllSettings = (node: Node): Node => {
  if (node.kind !== "map") throw new Error("the settings are not an object");
  const data: Node = { kind: "list", items: [{ kind: "entries", text: "$plan.settings" }] };
  return { ...node, entries: { ...node.entries, data } };
};

const emitObject = (object: ChartObject): string => {
  const when = isOurNamespace(object) ? "$plan.values.createNamespace" : object.when;
  const node = isSettings(object) ? withAllSettings(object.node) : object.node;
  const lines = emitIf(when, emitNode(node));
  return ["{{- $plan := include \"job-executor.plan\" . | fromJson -}}", ...lines, ""].join("\n");
};

const emitDefaults = (objects: readonly ChartObject[]): string => {
  const data = at(objects.find(isSettings)?.node, ["data"]);
  if (!data) throw new Error("there are no settings");
  return [
    `{{- define "job-executor.defaultImage" -}}${defaultImage}{{- end -}}`,
    "",
    '{{- define "job-executor.defaultSettings" -}}',
    "{{- $plan := . -}}",
    ...emitNode(data),
    "{{- end -}}",
    "",
  ].join("\n");
};

const fileOf = ({ kind, name, namespace }: ChartObject): string =>
  join(namespace === "keptn-jes-jobs" || name === "keptn-jes-jobs" ? "job-namespace" : "", `${name}-${kind.toLowerCase()}.yaml`);

/** @returns paths in the chart's folder, and the files' texts */
const makeChart = async (): Promise<Readonly<Record<string, string>>> => {
  const objects = collectObjects(await buildBase(), await buildVariants());
  return {
    "Chart.yaml": emitMetadata(),
    "values.yaml": emitValues(),
    "values.schema.json": `${JSON.stringify(makeValuesSchema(), undefined, 2)}\n`,
    "templates/_defaults.tpl": emitDefaults(objects),
    "templates/_refused.tpl": emitJesValues(),
    ...Object.fromEntries(objects.map((object) => [join("templates", fileOf(object)), emitObject(object)])),
  };
};

const folder = process.argv[2] ?? "dist/chart";
const chart = await makeChart();
await rm(folder, { recursive: true, force: true });
await cp("build/chart/files", join(folder, "templates"), { recursive: true });
for (const [file, text] of Object.entries(chart)) {
  await mkdir(join(folder, file, ".."), { recursive: true });
  await writeFile(join(folder, file), text);
}
