// A YAML document as a tree of text, lists and maps, with resolved aliases and merge keys, and the position of every value.
import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from "yaml";
import { errorProblem, type Position, type Problem } from "../problem.ts";
import { parseYaml, type YamlProblems } from "./document.ts";
import type { Path } from "./path.ts";
import {
  beginWalk,
  below,
  followAlias,
  type MaybeNode,
  type Places,
  type Refusal,
  refuse,
  startOf,
  type Walk,
  within,
} from "./walk.ts";

/** Scalars are their text as written. The meaning of null depends on its place: see {@link withoutNulls}. */
export type Tree = string | null | Tree[] | { [key: string]: Tree };

export const isTreeMap = (tree: Tree | undefined): tree is { [key: string]: Tree } =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree);

/** @returns undefined if there is none; the tree's own maps have no prototype */
export const valueAt = (tree: Tree | undefined, path: Path): Tree | undefined =>
  path.reduce<Tree | undefined>(
    (node, key) => (typeof node === "object" && node !== null ? (node as Record<PropertyKey, Tree>)[key] : undefined),
    tree,
  );

/** @returns none if there is no list */
export const listIn = (tree: Tree | undefined, key: string): readonly Tree[] => {
  const list = isTreeMap(tree) ? tree[key] : undefined;
  return Array.isArray(list) ? list : [];
};

/** A problem of a document that can still be read. */
export interface Flaw {
  readonly problem: Problem;
  /** Path of the affected value; for an anchor, one flaw per place where it is used. */
  readonly path: Path;
}

export interface YamlTree {
  readonly tree: Tree;
  readonly flaws: readonly Flaw[];
  /** Position of a value; for a missing one, of the nearest value around it. */
  readonly at: (path: Path) => Position;
  /** Position of a value's key. */
  readonly keyAt: (path: Path) => Position;
}

/** @returns problems only when nothing can be read */
export const readYaml = (text: string, file: string): YamlTree | YamlProblems => {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed) return parsed;
  const root = parsed.document?.contents ?? null;
  const walk = beginWalk();
  const tree = readNode(root, walk) ?? null;
  const flaws = [
    ...parsed.flaws.map((problem) => ({ problem, path: [] })),
    ...walk.flaws.map(({ offset, path, ...problem }) => ({ problem: { ...problem, at: parsed.place(offset) }, path })),
  ];
  if (walk.isOver) return { problems: flaws.map(({ problem }) => problem) };
  const find = (path: Path, part: keyof Places) => parsed.place(offsetOf(path, { tree, walk, part }) ?? startOf(root));
  return { tree, flaws, at: (path) => find(path, "value"), keyAt: (path) => find(path, "key") };
};

const offsetOf = (path: Path, from: { tree: Tree; walk: Walk; part: keyof Places }): number | undefined => {
  let node: Tree | undefined = from.tree;
  let found: Places | undefined;
  for (const key of path) {
    const next: Places | undefined =
      node && typeof node === "object" ? from.walk.places.get(node)?.get(key) : undefined;
    if (!next) return found?.value;
    found = next;
    node = (node as Record<PropertyKey, Tree>)[key];
  }
  return found?.[from.part];
};

/** @returns undefined if a limit was reached */
const readNode = (node: MaybeNode, walk: Walk): Tree | undefined => within(walk, node, () => readContent(node, walk));

const readContent = (node: MaybeNode, walk: Walk): Tree | undefined => {
  if (isAlias(node)) return followAlias(node, walk, (target) => readNode(target, walk));
  if (node && walk.aliases === 0 && "anchor" in node && node.anchor) walk.anchors.set(node.anchor, node);
  if (isScalar(node)) return isNull(node) ? null : readText(node, walk);
  if (isSeq(node)) return readList(node.items as MaybeNode[], walk);
  if (isMap(node)) return readMap(node as YAMLMap.Parsed, walk, Object.create(null));
  return null;
};

/** Escapes in quotes can produce forbidden characters: `"\\0"` and `"\\uD800"`. */
const readText = (node: Scalar.Parsed, walk: Walk): string => {
  const text = String(node.value);
  if (text.includes("\0")) refuse(walk, node, nulInside);
  if (!text.isWellFormed()) refuse(walk, node, halfInside);
  return text.replaceAll("\0", "\ufffd").toWellFormed();
};

const isNull = (scalar: Scalar): boolean =>
  scalar.type === "PLAIN" &&
  /^(~|null|Null|NULL)?$/.test(String(scalar.value)) &&
  scalar.tag !== "tag:yaml.org,2002:str";

const readList = (items: readonly MaybeNode[], walk: Walk): Tree[] => {
  const list = items.map((item, index) => below(walk, index, () => readNode(item, walk) ?? null));
  const places = items.map((item, index) => [index, { key: startOf(item), value: startOf(item) }] as const);
  walk.places.set(list, new Map(places));
  return list;
};

type TreeMap = { [key: string]: Tree };

/**
 * As Go's yaml.v2 fills a struct: in the order of the text, including merge keys; a map that overrides a merged map is merged into
 * it.
 */
const readMap = (map: YAMLMap.Parsed, walk: Walk, into: TreeMap): TreeMap => {
  const places = walk.places.get(into) ?? new Map<PropertyKey, Places>();
  walk.places.set(into, places);
  const seen = new Set<string>();
  for (const { key, value } of map.items as { key: MaybeNode; value: MaybeNode }[]) {
    if (walk.isOver) break;
    if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
      mergeInto(into, value, walk);
      continue;
    }
    const name = readNode(key, walk) ?? "";
    if (typeof name !== "string") refuse(walk, key, badKey);
    else below(walk, name, () => readEntry(into, { name, key, value, walk, places, isSecond: seen.has(name) }));
    if (typeof name === "string") seen.add(name);
  }
  return into;
};

interface Entry {
  readonly name: string;
  readonly key: MaybeNode;
  readonly value: MaybeNode;
  readonly walk: Walk;
  readonly places: Map<PropertyKey, Places>;
  /** The map already has this key: the first one counts, but problems of this one are reported too. */
  readonly isSecond: boolean;
}

const readEntry = (into: TreeMap, entry: Entry): void => {
  const { name, key, value, walk, places, isSecond } = entry;
  if (isSecond) {
    refuse(walk, key, duplicateKey(name));
    readNode(value, walk);
    return;
  }
  setEntry(into, { name, value, walk });
  places.set(name, { key: startOf(key), value: value ? startOf(value) : startOf(key) });
};

const setEntry = (into: TreeMap, entry: { name: string; value: MaybeNode; walk: Walk }): void => {
  const { name, value, walk } = entry;
  const before = into[name];
  if (before && typeof before === "object" && !Array.isArray(before) && isMap(value)) {
    readMap(value as YAMLMap.Parsed, walk, before);
    return;
  }
  into[name] = readNode(value, walk) ?? null;
};

const mergeInto = (into: TreeMap, value: MaybeNode, walk: Walk): unknown =>
  within(walk, value, () => {
    if (isAlias(value)) return followAlias(value, walk, (target) => mergeInto(into, target, walk));
    if (isMap(value)) return readMap(value as YAMLMap.Parsed, walk, into);
    if (isSeq(value)) return [...value.items].reverse().map((item) => mergeInto(into, item as MaybeNode, walk));
    return refuse(walk, value, badMerge);
  });

const duplicateKey = (name: string): Refusal =>
  errorProblem("duplicate-key", `The key \`${name}\` is given twice.`, "Keep one of them.");
const nulInside = errorProblem(
  "forbidden-character",
  "This text contains the character U+0000 (NUL), which cannot be passed to a program.",
  "Remove it.",
);
const halfInside = errorProblem(
  "forbidden-character",
  "This text contains half of a surrogate pair, which cannot be written in UTF-8.",
  "Write both halves, or the character itself.",
);
const badKey = errorProblem("bad-key", "A key is not text.", "Write a plain name before the colon.");
const badMerge = errorProblem(
  "bad-merge",
  "The value of a merge key `<<` must be a map or a list of maps.",
  "Use an alias of a map.",
);
