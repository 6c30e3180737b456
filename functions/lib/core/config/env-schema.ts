// Environment variables of a task.
import * as z from "zod";
import { checkPath } from "../jsonpath/jsonpath.ts";
import { checkedText, type Fault, quote, rejectAt, requiredText, text, yesOrNo } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import {
  checkConfigMapName,
  checkDataKey,
  checkEnvName,
  checkNameOfSecret,
  checkSecretName,
} from "./kubernetes-names.ts";
import { checkTaskPath } from "./task-path.ts";

/** A reference to one key (core/v1 SecretKeySelector, ConfigMapKeySelector). */
const keyIn = (
  what: "ConfigMap" | "Secret",
  checkName: (value: string) => Fault | undefined,
  example: { readonly name: string; readonly key: string },
) => {
  const reference = z.strictObject({
    name: described(checkedText(checkName).min(1), `Name of the ${what} in the task's namespace.`, example.name),
    key: described(checkedText(checkDataKey).min(1), "Key whose value becomes the variable's value.", example.key),
    optional: optional(
      yesOrNo(),
      `true: if the ${what} or its key is missing, the task starts without the variable.`,
      true,
    ),
  });
  const source = what === "Secret" ? "secret" : "configMap";
  const about = `With \`valueFrom: ${source}\`: one key of a ${what}; the variable keeps its own \`name\`. Not in JES.`;
  return described(reference, about, example).optional();
};

export const envEntry = z
  .strictObject({
    name: described(
      requiredText(),
      "Name of the variable; with `valueFrom: secret` and no `secret` field, the name of the Secret.",
      "HOST",
    ),
    value: described(
      text().default(""),
      "The value with `valueFrom: string`; a JSONPath into the event with `valueFrom: event`; with `valueFrom: task`, a JSONPath into the result of an earlier task, beginning with its name: $.build.image.",
      "$.data.deployment.deploymentURIsLocal[0]",
    ),
    valueFrom: described(
      z.enum(["event", "secret", "configMap", "task", "string"]),
      "Source of the value. event: the Keptn event; secret: a Secret (every key becomes a variable; with `secret`, only one key); configMap: one key of a ConfigMap; task: the result of an earlier task of the action (job-executor-service refuses it); string: `value` itself.",
      "event",
    ),
    secret: keyIn("Secret", checkNameOfSecret, { name: "carts-database", key: "PASSWORD" }),
    configMap: keyIn("ConfigMap", checkConfigMapName, { name: "carts-settings", key: "LOG_LEVEL" }),
    as: optional(
      text(),
      "Format of the value with `valueFrom: event` or `valueFrom: task`: json or yaml. By default, text stays as it is and anything else is written as JSON.",
      "json",
    ),
  })
  .superRefine((entry, context) => checkEntry(entry, context), {
    when: ({ value }) => typeof value === "object" && value !== null,
  });

interface Entry extends Partial<Record<"name" | "value" | "valueFrom", string>> {
  readonly as?: string | undefined;
  readonly secret?: unknown;
  readonly configMap?: unknown;
}

/** Runs even if the entry has other faults, so that all are reported at once. */
const checkEntry = (entry: Entry, context: z.RefinementCtx): void => {
  const { name, value = "", valueFrom, as = "", secret } = entry;
  const nameFault = valueFrom === "secret" && secret === undefined ? checkSecretName : checkEnvName;
  if (name) rejectIf("name", nameFault(name), context);
  if (typeof as === "string" && !/^(json|yaml|string|)$/i.test(as)) rejectAt("as", unknownFormat(as), context);
  if (valueFrom === "event") rejectIf("value", value === "" ? missingPath : checkPath(value), context);
  if (valueFrom === "task") rejectIf("value", value === "" ? missingTaskPath : checkTaskPath(value), context);
  checkSources(entry, context);
};

/** Fields for a source other than `valueFrom` would have no effect. */
const checkSources = (entry: Entry, context: z.RefinementCtx): void => {
  const { valueFrom } = entry;
  if (valueFrom === "configMap" && entry.configMap === undefined) rejectAt("configMap", missingConfigMap, context);
  for (const source of ["secret", "configMap"] as const) {
    if (entry[source] !== undefined && valueFrom !== source) rejectAt(source, otherSource(source, valueFrom), context);
  }
};

const rejectIf = (key: string, fault: Fault | undefined, context: z.RefinementCtx): void => {
  if (fault) rejectAt(key, fault, context);
};

const missingPath: Fault = {
  code: "missing-value",
  message: "is missing",
  fix: "With `valueFrom: event`, write a JSONPath such as $.data.project.",
};

const missingTaskPath: Fault = {
  code: "missing-value",
  message: "is missing",
  fix: "With `valueFrom: task`, write the name of a task and a path into its result, such as $.build.image.",
};

const missingConfigMap: Fault = {
  code: "missing-config-map",
  message: "is missing",
  fix: "With `valueFrom: configMap`, write `configMap: {name: NAME, key: KEY}`.",
};

const otherSource = (source: string, valueFrom = ""): Fault => ({
  code: "other-source",
  message: `is set, but valueFrom is ${quote(valueFrom)}`,
  fix: `Write \`valueFrom: ${source}\`, or remove \`${source}\`.`,
});

const unknownFormat = (as: string): Fault => ({
  code: "unknown-format",
  message: `is ${quote(as)}, which is not a known format`,
  fix: "Write json or yaml, or omit it.",
});
