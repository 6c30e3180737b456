// Walks a JSONPath through a document: the values that its steps lead to, in the order of the text (RFC 9535).
import { isStructure } from "../exact-json.ts";
import { isTrue } from "./filter.ts";
import type { Step } from "./path-steps.ts";

/** @returns each value as often as a way leads to it */
export const selectAll = (steps: readonly Step[], document: unknown): unknown[] =>
  steps.reduce<unknown[]>((nodes, step) => nodes.flatMap((node) => select(step, node, document)), [document]);

const select = (step: Step, node: unknown, root: unknown): unknown[] => {
  switch (step.kind) {
    case "one":
      return selectKey(step.key, node);
    case "some":
      return step.keys.flatMap((key) => selectKey(key, node));
    case "any":
      return childrenOf(node);
    case "slice":
      return Array.isArray(node) ? slice(node, step.text) : [];
    case "filter":
      return childrenOf(node).filter((current) => isTrue(step.filter({ current, root })));
    case "descend":
      return withDescendants(node);
  }
};

/** @returns nothing, or the value alone: a text has neither names nor indices, and no prototype is ever reached */
export const selectKey = (key: string | number, node: unknown): [] | [unknown] => {
  const name = Array.isArray(node) ? indexOf(node, key) : key;
  return isStructure(node) && Object.hasOwn(node, name) ? [(node as Record<PropertyKey, unknown>)[name]] : [];
};

/** `[-1]` is the last one; `["0"]` is good, as in JES; an array has no other names. */
const indexOf = (array: readonly unknown[], key: string | number): number => {
  const index = Number(key);
  return index < 0 ? array.length + index : index;
};

const childrenOf = (node: unknown): unknown[] => (isStructure(node) ? Object.values(node) : []);

const withDescendants = (node: unknown): unknown[] => [node, ...childrenOf(node).flatMap(withDescendants)];

/** `start:end:step`, each with the meaning of RFC 9535, section 2.3.4.2. */
const slice = (array: readonly unknown[], text: string): unknown[] => {
  const [from, to, by] = text.split(":").map((part) => (part.trim() === "" ? undefined : Number(part)));
  const step = by ?? 1;
  if (step === 0) return [];
  const bound = (index: number, least: number, most: number) =>
    Math.min(Math.max(index < 0 ? array.length + index : index, least), most);
  const found: unknown[] = [];
  if (step > 0) {
    const end = bound(to ?? array.length, 0, array.length);
    for (let index = bound(from ?? 0, 0, array.length); index < end; index += step) found.push(array[index]);
    return found;
  }
  const end = to === undefined ? -1 : bound(to, -1, array.length - 1);
  for (let index = bound(from ?? array.length - 1, -1, array.length - 1); index > end; index += step)
    found.push(array[index]);
  return found;
};
