// The result a task hands to Keptn: a JSON or YAML object in its termination message (KEPTN_RESULT).
import { parse } from "yaml";

export type TaskResult =
  | { readonly kind: "data"; readonly data: Readonly<Record<string, unknown>> }
  /** Not an object: plain text, or a document that is broken. It is said in the message. */
  | { readonly kind: "text"; readonly text: string };

/** Keptn sets these itself; a task cannot move its answer to another place. */
const reserved = new Set(["project", "stage", "service", "temporaryData", "__proto__", "constructor", "prototype"]);

export const parseResult = (text: string): TaskResult => {
  const value = read(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { kind: "text", text };
  return { kind: "data", data: Object.fromEntries(Object.entries(value).filter(([key]) => !reserved.has(key))) };
};

const read = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return parse(text, { maxAliasCount: 20, prettyErrors: false });
    } catch {
      return undefined;
    }
  }
};

/** Later tasks win; objects are merged, lists are replaced. */
export const mergeResults = (
  into: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    if (reserved.has(key) && key.startsWith("__")) continue;
    const old = merged[key];
    merged[key] = isObject(old) && isObject(value) ? mergeResults(old, value) : value;
  }
  return merged;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
