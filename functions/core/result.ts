// The result a task hands to Keptn: a JSON or YAML object in its termination message (KEPTN_RESULT).
import { parse } from "yaml";
import { isTooDeep } from "./depth.ts";

export type TaskResult =
  | { readonly kind: "data"; readonly data: Readonly<Record<string, unknown>> }
  /** Not an object: plain text, or a document that is broken. It is said in the message. */
  | { readonly kind: "text"; readonly text: string };

/** Keptn sets the first four itself; a task cannot move its answer to another place. */
const reserved = new Set(["project", "stage", "service", "temporaryData", "__proto__", "constructor", "prototype"]);

export const parseResult = (text: string): TaskResult => {
  const value = read(text);
  if (typeof value !== "object" || value === null || Array.isArray(value) || isTooDeep(value))
    return { kind: "text", text };
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
