// JSONPath of a config: one value where the path names one, the list of all where it does not.
import { JSONPath } from "jsonpath-plus";
import { type Filter, isTrue } from "./filter.ts";
import { parsePath, type Step } from "./path-steps.ts";
import { type Fault, quote } from "./scalars.ts";

export type Found = { readonly value: unknown } | undefined;

/**
 * @param document what JSON can hold
 * @returns undefined if nothing stands there, if the path is none, or if it would take too long to look everywhere
 */
export const findPath = (path: string, document: unknown): Found => {
  const steps = parsePath(path);
  if (!steps) return undefined;
  if (steps.every(isOne)) return follow(steps, document);
  return steps.every(isSpellable) && !isTooMuch(document) ? { value: listOf(steps, document) } : undefined;
};

/** @returns true if the path gives a list, whatever the document */
export const isIndefinite = (path: string): boolean => !(parsePath(path) ?? []).every(isOne);

export const checkPath = (path: string): Fault | undefined => {
  const steps = parsePath(path);
  if (steps && (steps.every(isOne) || steps.every(isSpellable))) return undefined;
  return {
    code: "bad-jsonpath",
    message: `is ${quote(path)}, which is no JSONPath`,
    fix: path.includes("(")
      ? filterFix
      : 'Write for example $.data.deployment.deploymentURIsLocal[0] or $.data.labels["my-label"].',
  };
};

const filterFix = 'A filter compares, as in $.data.list[?(@.name == "x" && @.size > 2)]; nothing can be called in it.';

type One = Extract<Step, { kind: "one" }>;

const isOne = (step: Step): step is One => step.kind === "one";

const follow = (steps: readonly One[], document: unknown): Found => {
  let value = document;
  for (const { key } of steps) {
    const name = Array.isArray(value) ? indexOf(value, key) : key;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return { value };
};

/** `[-1]` is the last one; `["0"]` is good, as in JES; an array has no other names. */
const indexOf = (array: readonly unknown[], key: string | number): number => {
  const index = Number(key);
  return index < 0 ? array.length + index : index;
};

const listOf = (steps: readonly Step[], document: unknown): unknown[] => {
  const filters: Filter[] = [];
  const path = `$${steps.map((step) => spell(step, filters)).join("")}`;
  const sandbox = { filters, root: document };
  const found: unknown = JSONPath({ path, json: document as object, wrap: true, eval: evaluateFilter, sandbox });
  return Array.isArray(found) ? found : [];
};

/** Values times depth: `..` visits each value once for each value around it. */
const maxVisits = 100_000;

const isTooMuch = (document: unknown): boolean => {
  let level: unknown[] = [document];
  for (let values = 0, depth = 1; level.length > 0; depth++) {
    values += level.length;
    if (values * depth > maxVisits) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
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

/** jsonpath-plus takes some signs for its own even inside quotes. */
const isSpellable = (step: Step): boolean => {
  const keys = step.kind === "one" ? [step.key] : step.kind === "some" ? step.keys : [];
  return keys.every((key) => (typeof key === "number" ? key >= 0 : /^[\p{L}\p{N}_][\p{L}\p{N}_ ./-]*$/u.test(key)));
};

const spell = (step: Step, filters: Filter[]): string => {
  if (step.kind === "descend") return "..";
  if (step.kind === "any") return "[*]";
  if (step.kind === "slice") return `[${step.text}]`;
  if (step.kind === "filter") return `[?(${filters.push(step.filter) - 1})]`;
  const keys = step.kind === "one" ? [step.key] : step.keys;
  const quoted = keys.some((key) => typeof key === "string");
  return `[${keys.map((key) => (quoted ? `'${key}'` : key)).join(",")}]`;
};
