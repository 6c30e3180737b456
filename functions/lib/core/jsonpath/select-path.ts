// Evaluates a JSONPath: we follow names and indices, jsonpath-plus takes over at the first step that can select several values.
import { JSONPath } from "jsonpath-plus";
import { isStructure } from "../json/exact-json.ts";
import { type Filter, isTrue } from "./filter.ts";
import type { Step } from "./path-steps.ts";

export interface Followed {
  /** Absent if there is no value. */
  readonly found?: { readonly value: unknown };
  /** Steps from the first one that can select several values. */
  readonly rest: readonly Step[];
}

/** Follows steps that select one value. Most paths end here and do not need the library. */
export const followKeys = (steps: readonly Step[], document: unknown): Followed => {
  let value = document;
  for (const [index, step] of steps.entries()) {
    if (step.kind !== "one") return { found: { value }, rest: steps.slice(index) };
    const name = Array.isArray(value) ? indexOf(value, step.key) : step.key;
    // Text has neither names nor indices (RFC 9535, 2.3), and prototypes are never reached.
    if (!isStructure(value) || !Object.hasOwn(value, name)) return { rest: steps.slice(index).filter(isList) };
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return { found: { value }, rest: [] };
};

const isList = ({ kind }: Step): boolean => kind !== "one";

/** `[-1]` is the last element; `["0"]` is valid, as in JES; arrays have no other names. */
const indexOf = (array: readonly unknown[], key: string | number): number => {
  const index = Number(key);
  return index < 0 ? array.length + index : index;
};

/** @param root `$` in filters. @returns the values in document order, once per path that leads to them */
export const selectList = (steps: readonly Step[], node: unknown, root: unknown): unknown[] => {
  const filters: Filter[] = [];
  const path = `$${steps.map((step) => spell(step, filters)).join("")}`;
  const options = { path, json: node as object, wrap: true, resultType: "all", eval: evaluateFilter } as const;
  const found: unknown = JSONPath({ ...options, sandbox: { filters, root } });
  const places = Array.isArray(found) ? (found as { readonly value: unknown; readonly parent: unknown }[]) : [];
  // jsonpath-plus also selects characters of a text and its `length`; drop those.
  return places.flatMap(({ value, parent }) => (parent === null || isStructure(parent) ? [value] : []));
};

interface Sandbox {
  readonly filters: readonly Filter[];
  readonly root: unknown;
  /** jsonpath-plus' name for `@`. */
  readonly _$_v: unknown;
}

/** jsonpath-plus only sees the number of a filter, so it never evaluates text of the config. */
const evaluateFilter = (number: string, { filters, root, _$_v: current }: Sandbox): boolean =>
  isTrue(filters[Number(number)]?.({ current, root }));

/** jsonpath-plus interprets some characters even inside quotes, so names with those are refused after a step that selects several. */
export const canSelect = (steps: readonly Step[]): boolean => {
  const first = steps.findIndex(isList);
  return first < 0 || steps.slice(first).every(isSpellable);
};

const isSpellable = (step: Step): boolean => {
  const keys = step.kind === "one" ? [step.key] : step.kind === "some" ? step.keys : [];
  return keys.every((key) => typeof key === "number" || /^[\p{L}\p{N}_][\p{L}\p{N}_ ./-]*$/u.test(key));
};

const spell = (step: Step, filters: Filter[]): string => {
  if (step.kind === "descend") return "..";
  if (step.kind === "any") return "[*]";
  if (step.kind === "slice") return `[${step.text}]`;
  if (step.kind === "filter") return `[?(${filters.push(step.filter) - 1})]`;
  const keys = step.kind === "one" ? [step.key] : step.keys;
  const quoted = keys.some((key) => typeof key === "string");
  return `[${keys.map((key) => (quoted ? `'${key}'` : spellIndex(Number(key)))).join(",")}]`;
};

/** jsonpath-plus has no negative indices, but it has negative slices. */
const spellIndex = (index: number): string => {
  if (index >= 0) return String(index);
  return index === -1 ? "-1:" : `${index}:${index + 1}`;
};
