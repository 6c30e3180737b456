// Evaluates JSONPaths: a definite path gives one value, any other path the list of all matches.
import { isStructure } from "../json/exact-json.ts";
import { type Fault, quote } from "../yaml/scalars.ts";
import { parsePath } from "./path-steps.ts";
import { canSelect, followKeys, selectList } from "./select-path.ts";

export type Found = { readonly value: unknown } | undefined;

/**
 * @param document a JSON value
 * @returns undefined if there is no value, if the path is invalid, or if the search would take too long
 */
export const findPath = (path: string, document: unknown): Found => {
  const steps = parsePath(path);
  if (!steps || !canSelect(steps)) return undefined;
  const { found, rest } = followKeys(steps, document);
  if (rest.length === 0) return found;
  if (isTooMuch(document)) return undefined;
  return { value: found ? selectList(rest, found.value, document) : [] };
};

/** @returns true if the path gives a list for every document */
export const isIndefinite = (path: string): boolean => !(parsePath(path) ?? []).every(({ kind }) => kind === "one");

export const checkPath = (path: string): Fault | undefined => {
  const steps = parsePath(path);
  if (steps && canSelect(steps)) return undefined;
  return {
    code: "bad-jsonpath",
    message: `is ${quote(path)}, which is not a JSONPath`,
    fix: path.includes("(")
      ? filterFix
      : 'Write, for example, $.data.deployment.deploymentURIsLocal[0] or $.data.labels["my-label"].',
  };
};

const filterFix =
  'A filter can only compare, as in $.data.list[?(@.name == "x" && @.size > 2)]; it cannot call anything.';

/** Values times depth: `..` visits each value once per enclosing value. */
const maxVisits = 100_000;

const isTooMuch = (document: unknown): boolean => {
  let level: unknown[] = [document];
  for (let values = 0, depth = 1; level.length > 0; depth++) {
    values += level.length;
    if (values * depth > maxVisits) return true;
    level = level.flatMap((value) => (isStructure(value) ? Object.values(value) : []));
  }
  return false;
};
