// The chart's generated templates: one for each object, and one for the settings' defaults.
import { join } from "node:path";
import { defaultImage } from "../../functions/cli/migrate/values/general-notes.ts";
import { emitIf, emitNode } from "./emit.ts";
import { at, type Node } from "./node.ts";
import type { ChartObject } from "./objects.ts";

export const fileOf = ({ kind, name, namespace }: ChartObject): string => {
  const folder = [name, namespace].includes("keptn-jes-jobs") ? "job-namespace" : "";
  return join(folder, `${name}-${kind.toLowerCase()}.yaml`);
};

export const emitObject = (object: ChartObject): string => {
  const when = isOurNamespace(object) ? "$plan.values.createNamespace" : object.when;
  const lines = emitIf(when, emitNode(isSettings(object) ? withAllSettings(object.node) : object.node));
  return ['{{- $plan := include "job-executor.plan" . | fromJson -}}', ...lines, ""].join("\n");
};

export const emitDefaults = (objects: readonly ChartObject[]): string => {
  const data = at(objects.find(isSettings)?.node, ["data"]);
  if (!data) throw new Error("the overlays have no settings");
  return [
    `{{- define "job-executor.defaultImage" -}}${defaultImage}{{- end -}}`,
    "",
    "{{/* Settings of the overlays and components. */}}",
    '{{- define "job-executor.defaultSettings" -}}',
    "{{- $plan := . -}}",
    ...emitNode(data),
    "{{- end -}}",
    "",
  ].join("\n");
};

const isSettings = ({ kind, name }: ChartObject): boolean => kind === "ConfigMap" && name === "job-executor-settings";

/** `helm install` needs the release's namespace before it makes any object. */
const isOurNamespace = ({ kind, name }: ChartObject): boolean => kind === "Namespace" && name === "keptn-jes";

/** The defaults, and what the release's values add. */
const withAllSettings = (node: Node): Node => {
  if (node.kind !== "map") throw new Error("the settings are not a map");
  const data: Node = { kind: "list", items: [{ kind: "entries", text: "$plan.settings" }] };
  return { ...node, entries: { ...node.entries, data } };
};
