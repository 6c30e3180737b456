// Reads a Helm values file, merges it over the chart's values, and finds the differences.
import { isRecord } from "../../../lib/core/json/exact-json.ts";
import type { Position, Problem } from "../../../lib/core/problem.ts";
import { readYaml, type Tree, type YamlTree } from "../../../lib/core/yaml/tree.ts";

export type TreeMap = { readonly [key: string]: Tree };

export interface Values {
  /** @param path path with dots; @returns undefined for a missing value, or one removed by `null` */
  readonly get: (path: string) => Tree | undefined;
  /** "" if the value is not text. */
  readonly text: (path: string) => string;
  readonly isTrue: (path: string) => boolean;
  readonly changes: readonly Change[];
}

/** A value that differs from the chart's default. */
export interface Change {
  readonly path: readonly string[];
  readonly at: Position;
}

/** @param text may be the output of `helm get values`, including its heading */
export const readValues = (
  text: string,
  file: string,
  defaults: TreeMap,
): { readonly values: Values } | { readonly problems: readonly Problem[] } => {
  const read = readYaml(text, file);
  // The reader's messages may quote the text around an error, which may be a token.
  const problems = "problems" in read ? read.problems : read.flaws.map(({ problem }) => problem);
  if ("problems" in read || problems.length > 0) return { problems: problems.map(explain) };
  const given = read.tree ?? {};
  if (!isRecord(given)) return { problems: [unreadable(read.at([]))] };
  return { values: makeValues(merge(given, defaults), changesOf(given, defaults, read.at)) };
};

/** An encoding error only names the byte, so it cannot reveal a token. */
const explain = (problem: Problem): Problem => (problem.code === "bad-encoding" ? problem : unreadable(problem.at));

const unreadable = (at: Position | undefined): Problem => ({
  code: "bad-values",
  severity: "error",
  message: "Helm cannot read these values: there is an error here or just above.",
  fix: "`helm get values RELEASE -o yaml` prints the values that Helm uses.",
  ...(at ? { at } : {}),
});

const makeValues = (merged: TreeMap, changes: readonly Change[]): Values => {
  const get = (path: string) => valueAt(merged, path.split("."));
  const text = (path: string) => {
    const value = get(path);
    return typeof value === "string" ? value : "";
  };
  return { get, text, isTrue: (path) => /^(y|yes|true|on)$/i.test(text(path)), changes };
};

const valueAt = (tree: Tree, [key, ...more]: readonly string[]): Tree | undefined => {
  if (key === undefined) return tree ?? undefined;
  return isRecord(tree) && Object.hasOwn(tree, key) ? valueAt(tree[key] ?? null, more) : undefined;
};

/** As in Helm (pkg/chartutil, coalesce.go): maps are merged, other values are replaced, and null removes a value of the chart. */
const merge = (given: TreeMap, defaults: TreeMap): TreeMap => {
  const keys = [...new Set([...Object.keys(defaults), ...Object.keys(given)])];
  const merged = keys.flatMap((key) => {
    const [own, chart] = [given[key], defaults[key]];
    if (own === null) return [];
    if (own === undefined) return [[key, chart ?? null] as const];
    return [[key, isRecord(own) && isRecord(chart) ? merge(own, chart) : own] as const];
  });
  return Object.fromEntries(merged);
};

const changesOf = (given: TreeMap, defaults: TreeMap, at: YamlTree["at"]): Change[] =>
  leavesOf(given)
    .filter(({ path, value }) => JSON.stringify(value) !== JSON.stringify(valueAt(defaults, path)))
    .map(({ path }) => ({ path, at: at(path) }));

const leavesOf = (tree: Tree, path: readonly string[] = []): { path: readonly string[]; value: Tree }[] => {
  if (tree === null) return [];
  if (!isRecord(tree)) return [{ path, value: tree }];
  return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]));
};
