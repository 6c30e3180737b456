// K_CE_OVERRIDES: CloudEvents extensions that the SinkBinding adds to every event.
import { isRecord, tryJson } from "../json/exact-json.ts";
import { errorProblem, type Problem } from "../problem.ts";

export type Extensions = Readonly<Record<string, string>>;

/** Attributes of CloudEvents 1.0, which cannot be overridden (Knative, CloudEventOverrides). */
const attributes = ["id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time", "data"];

/** @param text as a SinkBinding sets it: `{"extensions":{"name":"value"}}`, or nothing */
export const parseOverrides = (
  text: string | undefined,
): { readonly extensions: Extensions } | { readonly problem: Problem } => {
  if (!text) return { extensions: {} };
  const given = extensionsIn(text);
  if (!given) return { problem: problemOf('is not a JSON object of the form {"extensions": {"name": "value"}}.') };
  const wrong = Object.entries(given).find(([name, value]) => !isExtension(name) || typeof value !== "string");
  if (!wrong) return { extensions: given as Extensions };
  const why = attributes.includes(wrong[0])
    ? "is an attribute of every event and cannot be overridden"
    : "is not a name of lower-case letters and digits with a text value";
  return { problem: problemOf(`has the extension ${JSON.stringify(wrong[0])}, which ${why}.`) };
};

const isExtension = (name: string): boolean => /^[a-z0-9]+$/.test(name) && !attributes.includes(name);

const extensionsIn = (text: string): Readonly<Record<string, unknown>> | undefined => {
  const value = tryJson(text);
  const given = isRecord(value) ? (value["extensions"] ?? {}) : undefined;
  return isRecord(given) ? given : undefined;
};

const problemOf = (what: string): Problem =>
  errorProblem("bad-setting", `K_CE_OVERRIDES ${what}`, "Correct ceOverrides of the SinkBinding.");
