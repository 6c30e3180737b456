// Walks a JSONPath through a document: names and indices by ourselves, and from the first step that selects several on by jsonpath-plus.
import { JSONPath } from "jsonpath-plus";
import { isStructure } from "../exact-json.ts";
import { type Filter, isTrue } from "./filter.ts";
import type { Step } from "./path-steps.ts";

export interface Followed {
  /** Not there: nothing stands in this place. */
  readonly found?: { readonly value: unknown };
  /** From the first step on that can select several values. */
  readonly rest: readonly Step[];
}

/** As far as each step names one place. Most paths end there, and need no library. */
export const followKeys = (steps: readonly Step[], document: unknown): Followed => {
  let value = document;
  for (const [index, step] of steps.entries()) {
    if (step.kind !== "one") return { found: { value }, rest: steps.slice(index) };
    const name = Array.isArray(value) ? indexOf(value, step.key) : step.key;
    // A text has neither names nor indices (RFC 9535, 2.3), and no prototype is ever reached.
    if (!isStructure(value) || !Object.hasOwn(value, name)) return { rest: steps.slice(index).filter(isList) };
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return { found: { value }, rest: [] };
};

const isList = ({ kind }: Step): boolean => kind !== "one";

/** `[-1]` is the last one; `["0"]` is good, as in JES; an array has no other names. */
const indexOf = (array: readonly unknown[], key: string | number): number => {
  const index = Number(key);
  return index < 0 ? array.length + index : index;
};

/** @param root what `$` is in a filter. @returns the values in the order of the document, each as often as a way leads to it */
export const selectList = (steps: readonly Step[], node: unknown, root: unknown): unknown[] => {
  const filters: Filter[] = [];
  const path = `$${steps.map((step) => spell(step, filters)).join("")}`;
  const options = { path, json: node as object, wrap: true, resultType: "all", eval: evaluateFilter } as const;
  const found: unknown = JSONPath({ ...options, sandbox: { filters, root } });
  const places = Array.isArray(found) ? (found as { readonly value: unknown; readonly parent: unknown }[]) : [];
  // jsonpath-plus selects characters of a text, and its `length`.
  return places.flatMap(({ value, parent }) => (parent === null || isStructure(parent) ? [value] : []));
};

interface Sandbox {
  readonly filters: readonly Filter[];
  readonly root: unknown;
  /** jsonpath-plus' name for `@`. */
  readonly _$_v: unknown;
}

/** jsonpath-plus sees only the number of a filter, so that nothing of the config is ever evaluated by it. */
const evaluateFilter = (number: string, { filters, root, _$_v: current }: Sandbox): boolean =>
  isTrue(filters[Number(number)]?.({ current, root }));

/** jsonpath-plus takes some signs for its own even inside quotes: behind a step that selects several, names with those are refused. */
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

/** jsonpath-plus has no negative indices, but slices that end at one. */
const spellIndex = (index: number): string => {
  if (index >= 0) return String(index);
  return index === -1 ? "-1:" : `${index}:${index + 1}`;
};
