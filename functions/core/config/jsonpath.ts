// JSONPath of a config: one value where the path names one, the list of all where it does not.
import { isStructure } from "../exact-json.ts";
import { parsePath } from "./path-steps.ts";
import { type Fault, quote } from "./scalars.ts";
import { canSelect, followKeys, selectList } from "./select-path.ts";

export type Found = { readonly value: unknown } | undefined;

/**
 * @param document what JSON can hold
 * @returns undefined if nothing stands there, if the path is none, or if it would take too long to look everywhere
 */
export const findPath = (path: string, document: unknown): Found => {
  const steps = parsePath(path);
  if (!steps || !canSelect(steps)) return undefined;
  const { found, rest } = followKeys(steps, document);
  if (rest.length === 0) return found;
  if (isTooMuch(document)) return undefined;
  return { value: found ? selectList(rest, found.value, document) : [] };
};

/** @returns true if the path gives a list, whatever the document */
export const isIndefinite = (path: string): boolean => !(parsePath(path) ?? []).every(({ kind }) => kind === "one");

export const checkPath = (path: string): Fault | undefined => {
  const steps = parsePath(path);
  if (steps && canSelect(steps)) return undefined;
  return {
    code: "bad-jsonpath",
    message: `is ${quote(path)}, which is no JSONPath`,
    fix: path.includes("(")
      ? filterFix
      : 'Write for example $.data.deployment.deploymentURIsLocal[0] or $.data.labels["my-label"].',
  };
};

const filterFix = 'A filter compares, as in $.data.list[?(@.name == "x" && @.size > 2)]; nothing can be called in it.';

/** Values times depth: `..` visits each value once for each value around it. */
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
