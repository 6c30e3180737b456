// JES's values in the chart: their defaults, and those that the table of `job-executor migrate` leaves without an equivalent.

import { parse } from "yaml";
import { typedChartValues } from "../../functions/cli/migrate/values/chart-values.ts";
import type { Row } from "../../functions/cli/migrate/values/parts.ts";
import { valueTable } from "../../functions/cli/migrate/values/value-table.ts";
import { emitValues } from "./values-yaml.ts";

/** In the chart, `image` is ours. */
export const isRefused = ({ value, becomes }: Row): boolean => becomes.startsWith("Nothing") && value !== "image";

/** Templates that later ones include. */
export const emitJesValues = (): string =>
  [
    "{{/* Defaults of JES's chart and of this one, whose own file `helm upgrade --reuse-values` leaves out. */}}",
    `{{- define "job-executor.defaults" -}}`,
    JSON.stringify({ ...parse(emitValues()), ...typedChartValues }),
    "{{- end -}}",
    "",
    "{{/* Values of JES without an equivalent: a line for each that differs from JES's default. */}}",
    `{{- define "job-executor.refused" -}}`,
    ...valueTable.filter(isRefused).flatMap(emitRefusal),
    "{{- end -}}",
    "",
  ].join("\n");

const emitRefusal = ({ value, becomes }: Row): string[] => {
  const text = becomes.replace(/^Nothing[.:] /, "");
  const [given, normal] = [`.values.${value}`, `.defaults.${value}`].map((path) => withoutRows(path, value));
  return [
    `{{- if ne (toJson (${given} | default dict)) (toJson (${normal} | default dict)) }}`,
    `- ${value}: ${text}${/[.!]$/.test(text) ? "" : "."} Remove it.`,
    "{{- end }}",
  ];
};

/** Values below a row that have their own row. */
const withoutRows = (path: string, value: string): string => {
  const below = valueTable.flatMap((row) =>
    row.value.startsWith(`${value}.`) ? [row.value.slice(value.length + 1)] : [],
  );
  return below.length === 0 ? path : `omit ${path} ${below.map((name) => JSON.stringify(name)).join(" ")}`;
};
