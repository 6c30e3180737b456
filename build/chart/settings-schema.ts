// JSON Schema of each setting, as its type says. In a values file, a setting may also be a number, a list or a map.
import type * as z from "zod";
import { toJsonSchema } from "../../functions/lib/core/config/json-schema.ts";
import {
  makePodSecurityContextSchema,
  makeSecurityContextSchema,
} from "../../functions/lib/core/config/security-context-schema.ts";
import { type Setting, sizePattern } from "../../functions/lib/core/settings/setting-types.ts";
import { settingsTable } from "../../functions/lib/core/settings/settings.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** Settings that stand in the Secret, or are the path of a file in the pod that the manifests set. */
const inSecret = ["KEPTN_API_TOKEN", "KEPTN_API_TOKEN_FILE", "OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_SECRET_FILE"];

export const makeSettingsSchema = (): Schema => ({
  type: "object",
  description: "Settings of the functions: docs/reference/settings.md.",
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries<Setting<unknown>>(settingsTable)
      .filter(([name]) => !inSecret.includes(name))
      .map(([name, { kind, description }]) => [name, { description, ...schemaOf(name, kind) }]),
  ),
});

/** An empty text is a setting that is not set. */
const orEmpty = (...schemas: readonly Schema[]): Schema => ({ anyOf: [{ const: "" }, ...schemas] });
const textLike = (pattern: string): Schema => ({ type: "string", pattern });
const texts: Schema = { type: "array", items: { type: "string" } };

const schemaOf = (name: string, kind: string): Schema => {
  if (kind === "text") return { type: "string" };
  if (kind === "list" || kind.startsWith("list of")) return { anyOf: [{ type: "string" }, texts] };
  if (kind === "true or false")
    return orEmpty({ type: "boolean" }, textLike("^([01tTfF]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE])$"));
  if (kind.startsWith("whole number")) return wholeNumber(kind);
  if (kind.startsWith("size")) return orEmpty({ type: "integer", minimum: 1 }, textLike(sizePattern.source));
  if (kind.startsWith("quantity")) return { type: ["string", "number"] };
  if (kind === "labels") return { type: ["string", "object"], additionalProperties: { type: "string" } };
  if (kind === "JSON") return { anyOf: [{ type: "string" }, contextSchema(name)] };
  return { enum: ["", ...choicesOf(kind)] };
};

const choicesOf = (kind: string): string[] => {
  const choices = [...kind.matchAll(/`([^`]+)`/g)].map(([, choice = ""]) => choice);
  if (choices.length === 0) throw new Error(`no schema for settings of the type: ${kind}`);
  return choices;
};

/** The bounds of a text are checked when a program starts. */
const wholeNumber = (kind: string): Schema => {
  const [, minimum = "0"] = /at least (\d+)/.exec(kind) ?? [];
  const word = /or `(\w+)`/.exec(kind)?.[1];
  return orEmpty({ type: "integer", minimum: Number(minimum) }, textLike("^\\d+$"), ...(word ? [{ const: word }] : []));
};

const contexts: Readonly<Record<string, () => z.ZodType>> = {
  JOB_SECURITY_CONTEXT: makeSecurityContextSchema,
  POD_SECURITY_CONTEXT: makePodSecurityContextSchema,
};

export const contextSchema = (name: string): Schema => {
  const makeSchema = contexts[name];
  if (!makeSchema) throw new Error(`no schema for the JSON of ${name}`);
  const { $schema: _, ...schema } = toJsonSchema(makeSchema());
  return schema;
};
