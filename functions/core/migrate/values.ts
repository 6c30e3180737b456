// A Helm values file: read, put on top of the chart's values, and compared with them.
import { readYaml, type Tree, type YamlTree } from "../config/yaml-tree.ts";
import type { Position, Problem } from "../problem.ts";

export type TreeMap = { readonly [key: string]: Tree };

export interface Values {
  /** @param path names between dots; @returns undefined for what is not there, or was taken away by `null` */
  readonly get: (path: string) => Tree | undefined;
  /** "" for what is no text. */
  readonly text: (path: string) => string;
  readonly isTrue: (path: string) => boolean;
  readonly changes: readonly Change[];
}

/** A value that somebody set to something else than the chart has. */
export interface Change {
  readonly path: readonly string[];
  readonly at: Position;
}

/** @param text may be what `helm get values` prints, heading and all */
export const readValues = (
  text: string,
  file: string,
  defaults: TreeMap,
): { readonly values: Values } | { readonly problems: readonly Problem[] } => {
  const read = readYaml(text, file);
  // What the reader says may quote the text around a mistake, and that text may be a token.
  const problems = "problems" in read ? read.problems : read.flaws.map(({ problem }) => problem);
  if ("problems" in read || problems.length > 0) return { problems: problems.map(explain) };
  const given = read.tree ?? {};
  if (!isMap(given)) return { problems: [unreadable(read.at([]))] };
  return { values: makeValues(merge(given, defaults), changesOf(given, defaults, read.at)) };
};

/** Which character or byte it is quotes nothing else. */
const explain = (problem: Problem): Problem => (problem.code === "bad-encoding" ? problem : unreadable(problem.at));

const unreadable = (at: Position | undefined): Problem => ({
  code: "bad-values",
  severity: "error",
  message: "These are no values that Helm could read: something is wrong here or just above.",
  fix: "`helm get values RELEASE -o yaml` prints what Helm understood.",
  ...(at ? { at } : {}),
});

const makeValues = (merged: TreeMap, changes: readonly Change[]): Values => {
  const get = (path: string) => valueAt(merged, path.split("."));
  const text = (path: string) => {
    const value = get(path);
    return typeof value === "string" ? value : "";
  };
  return { get, text, isTrue: (path) => isYes(text(path)), changes };
};

const isYes = (text: string): boolean => /^(y|yes|true|on)$/i.test(text);

export const isMap = (tree: Tree | undefined): tree is { [key: string]: Tree } =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree);

const valueAt = (tree: Tree, [key, ...more]: readonly string[]): Tree | undefined => {
  if (key === undefined) return tree ?? undefined;
  return isMap(tree) && Object.hasOwn(tree, key) ? valueAt(tree[key] ?? null, more) : undefined;
};

/** Helm (pkg/chartutil, coalesce.go): maps are merged, all else is replaced, and null takes a value of the chart away. */
const merge = (given: TreeMap, defaults: TreeMap): TreeMap => {
  const keys = [...new Set([...Object.keys(defaults), ...Object.keys(given)])];
  const merged = keys.flatMap((key) => {
    const [own, chart] = [given[key], defaults[key]];
    if (own === null) return [];
    if (own === undefined) return [[key, chart ?? null] as const];
    return [[key, isMap(own) && isMap(chart) ? merge(own, chart) : own] as const];
  });
  return Object.fromEntries(merged);
};

const changesOf = (given: TreeMap, defaults: TreeMap, at: YamlTree["at"]): Change[] =>
  leavesOf(given)
    .filter(({ path, value }) => !isSame(value, valueAt(defaults, path)))
    .map(({ path }) => ({ path, at: at(path) }));

interface Leaf {
  readonly path: readonly string[];
  readonly value: Tree;
}

const leavesOf = (tree: Tree, path: readonly string[] = []): Leaf[] => {
  if (tree === null) return [];
  if (!isMap(tree)) return [{ path, value: tree }];
  return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]));
};

const isSame = (value: Tree, chart: Tree | undefined): boolean => JSON.stringify(value) === JSON.stringify(chart);
