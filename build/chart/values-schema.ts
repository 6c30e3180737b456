// values.schema.json: our values from the settings' definitions, and JES's from the defaults of its chart.
import { typedChartValues } from "../../functions/cli/migrate/values/chart-values.ts";
import { valueTable } from "../../functions/cli/migrate/values/value-table.ts";
import { isRefused } from "./jes-values.ts";
import { contextSchema, makeSettingsSchema, type Schema } from "./settings-schema.ts";
import { componentNames, routes } from "./variants.ts";

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const name: Schema = { type: "string", pattern: "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$" };
const level: Schema = { enum: ["", "restricted", "baseline", "privileged"] };
const textMap: Schema = { type: "object", additionalProperties: text };

const closed = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
});

export const makeValuesSchema = (): Schema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Values of job-executor-functions",
  ...closed({
    ...(makeJesSchema([], typedChartValues)["properties"] as Record<string, Schema>),
    ...Object.fromEntries(valueTable.filter(({ value }) => !value.includes(".")).map(({ value }) => [value, {}])),
    fullnameOverride: text,
    imagePullSecrets: { type: "array", items: closed({ name: text }) },
    // JES's image is a map: a template says what to write instead.
    image: { type: ["string", "object"], minLength: 1 },
    eventRoute: { enum: ["", ...Object.keys(routes)] },
    secretName: { type: "string", minLength: 1 },
    settings: makeSettingsSchema(),
    components: { type: "array", uniqueItems: true, items: { enum: componentNames } },
    jobNamespace: closed({ name, podSecurityLevel: { enum: ["restricted", "baseline", "privileged"] } }),
    podSecurityLevel: level,
    createNamespace: flag,
    func: flag,
    // The heading of `helm get values` is a key without a value.
    "USER-SUPPLIED VALUES": { type: "null" },
  }),
});

/** What is below a refused value does not matter: a template refuses all of it. */
const makeJesSchema = (path: readonly string[], value: unknown): Schema => {
  const row = valueTable.find((one) => one.value === path.join("."));
  const own = special[path.join(".")];
  if (own) return own;
  if (row && isRefused(row) && row.value !== "serviceAccount") return {};
  if (typeof value !== "object" || value === null) return scalarSchema(value);
  const entries = Object.entries(value).map(([key, inner]) => [key, makeJesSchema([...path, key], inner)] as const);
  return closed(Object.fromEntries(entries));
};

const scalarSchema = (value: unknown): Schema =>
  typeof value === "number" ? { type: "integer", minimum: 0 } : { type: typeof value };

/** JES's chart writes `RunAsUser`. */
const jesContext = (setting: string): Schema => {
  const { properties, ...schema } = contextSchema(setting) as { properties: Readonly<Record<string, Schema>> };
  const capitalised = Object.entries(properties).map(([key, one]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, one]);
  return { ...schema, properties: { ...properties, ...Object.fromEntries(capitalised) } };
};

const special: Readonly<Record<string, Schema>> = {
  podAnnotations: textMap,
  "serviceAccount.annotations": textMap,
  "jobConfig.serviceAccount.annotations": textMap,
  "jobConfig.labels": textMap,
  "jobConfig.networkPolicy.blockCIDRs": { type: "array", items: text },
  "jobConfig.podSecurityContext": jesContext("POD_SECURITY_CONTEXT"),
  "jobConfig.jobSecurityContext": jesContext("JOB_SECURITY_CONTEXT"),
  "remoteControlPlane.api.authMode": { enum: ["token", "oauth"] },
};
