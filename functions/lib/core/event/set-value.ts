// Sets a value of an event from a command-line argument: `data.deployment.deploymentNames[0]=carts`.
import { isStructure, parseJson } from "../json/exact-json.ts";
import { parsePath } from "../jsonpath/path-steps.ts";

export interface Assignment {
  readonly path: string;
  readonly keys: readonly (string | number)[];
  readonly value: unknown;
}

/** @returns undefined if it is not PATH=VALUE; the path is a JSONPath that names one place */
export const parseAssignment = (text: string): Assignment | undefined => {
  const [, path = "", value = ""] = /^((?:[^=[\]]|\[(?:"[^"]*"|'[^']*'|\d+)\])+)=(.*)$/s.exec(text) ?? [];
  const keys = (parsePath(path) ?? []).flatMap((step) => (step.kind === "one" ? [step.key] : [undefined]));
  const isOnePlace = keys.every((key) => key !== undefined && key !== "");
  return keys.length > 0 && isOnePlace
    ? { path, keys: keys as (string | number)[], value: parseValue(value) }
    : undefined;
};

/** Parses JSON. A number counts only in JSON's own spelling, so 1.10 stays text. */
const parseValue = (text: string): unknown => {
  if (!/^\s*(?:[[{"]|true\s*$|false\s*$|null\s*$|-?\d)/.test(text)) return text;
  try {
    const value = parseJson(text);
    return typeof value === "number" && JSON.stringify(value) !== text.trim() ? text : value;
  } catch {
    return text;
  }
};

export type Assigned = { readonly document: unknown } | { readonly why: string };

/** @returns a copy with the value set, creating maps and lists on the way, or the problem */
export const assign = (document: unknown, { keys, value, path }: Assignment): Assigned => {
  const assigned = setAt(document, keys, value);
  return "why" in assigned ? { why: `${path} ${assigned.why}` } : assigned;
};

const setAt = (around: unknown, [key, ...more]: readonly (string | number)[], value: unknown): Assigned => {
  if (key === undefined) return { document: value };
  return typeof key === "number"
    ? setEntry(around ?? [], key, (entry) => setAt(entry, more, value))
    : setField(around ?? {}, key, (field) => setAt(field, more, value));
};

type Inside = (before: unknown) => Assigned;

/** The index after the last entry appends a new one. */
const setEntry = (list: unknown, index: number, inside: Inside): Assigned => {
  if (!Array.isArray(list)) return { why: `has an index where the event has ${kindOf(list)}` };
  if (index < 0 || index > list.length)
    return { why: `has an index beyond the end of the list, which has ${list.length} entries` };
  const assigned = inside(list[index]);
  return "why" in assigned
    ? assigned
    : { document: [...list.slice(0, index), assigned.document, ...list.slice(index + 1)] };
};

const setField = (map: unknown, name: string, inside: Inside): Assigned => {
  if ((map !== null && !isStructure(map)) || Array.isArray(map))
    return { why: `has a name where the event has ${kindOf(map)}` };
  const assigned = inside(map && Object.hasOwn(map, name) ? (map as Record<string, unknown>)[name] : undefined);
  return "why" in assigned ? assigned : { document: { ...map, [name]: assigned.document } };
};

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "a list" : isStructure(value) ? "a map" : `the ${typeof value} ${JSON.stringify(value)}`;
