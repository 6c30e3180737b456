// A YAML document as a tree of texts, lists and maps, with aliases and merge keys resolved and every place known.
import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from "yaml";
import type { Position } from "../problem.ts";
import { parseYaml, type YamlProblems, yamlError } from "./yaml-document.ts";
import {
  beginWalk,
  followAlias,
  type MaybeNode,
  type Places,
  type Refusal,
  refuse,
  startOf,
  type Walk,
  within,
} from "./yaml-walk.ts";

/** Scalars are their text as written. What null means depends on where it stands: see {@link withoutNulls}. */
export type Tree = string | null | Tree[] | { [key: string]: Tree };

export type Path = readonly PropertyKey[];

export interface YamlTree {
  readonly tree: Tree;
  /** Where a value stands; for one that is not there, the nearest thing around it. */
  readonly at: (path: Path) => Position;
  /** Where the key of a value stands. */
  readonly keyAt: (path: Path) => Position;
}

/** @returns problems only when nothing can be read */
export const readYaml = (text: string, file: string): YamlTree | YamlProblems => {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed) return parsed;
  const root = parsed.document?.contents ?? null;
  const walk = beginWalk();
  const tree = readNode(root, walk) ?? null;
  if (walk.problems.length > 0) {
    return { problems: walk.problems.map(({ offset, ...problem }) => ({ ...problem, at: parsed.place(offset) })) };
  }
  const find = (path: Path, part: keyof Places) => parsed.place(offsetOf(path, { tree, walk, part }) ?? startOf(root));
  return { tree, at: (path) => find(path, "value"), keyAt: (path) => find(path, "key") };
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

/** @returns undefined if a limit was met */
const readNode = (node: MaybeNode, walk: Walk): Tree | undefined => within(walk, node, () => readContent(node, walk));

const readContent = (node: MaybeNode, walk: Walk): Tree | undefined => {
  if (isAlias(node)) return followAlias(node, walk, (target) => readNode(target, walk));
  if (node && walk.aliases === 0 && "anchor" in node && node.anchor) walk.anchors.set(node.anchor, node);
  if (isScalar(node)) return isNull(node) ? null : String(node.value);
  if (isSeq(node)) return readList(node.items as MaybeNode[], walk);
  if (isMap(node)) return readMap(node as YAMLMap.Parsed, walk, Object.create(null));
  return null;
};

const isNull = (scalar: Scalar): boolean =>
  scalar.type === "PLAIN" &&
  /^(~|null|Null|NULL)?$/.test(String(scalar.value)) &&
  scalar.tag !== "tag:yaml.org,2002:str";

const readList = (items: readonly MaybeNode[], walk: Walk): Tree[] => {
  const list = items.map((item) => readNode(item, walk) ?? null);
  const places = items.map((item, index) => [index, { key: startOf(item), value: startOf(item) }] as const);
  walk.places.set(list, new Map(places));
  return list;
};

type TreeMap = { [key: string]: Tree };

/**
 * As Go's yaml.v2 fills a struct: in the order of the text, merge keys included, and a map that comes on top of a
 * merged one adds to it.
 */
const readMap = (map: YAMLMap.Parsed, walk: Walk, into: TreeMap): TreeMap => {
  const places = walk.places.get(into) ?? new Map<PropertyKey, Places>();
  walk.places.set(into, places);
  const seen = new Set<string>();
  for (const { key, value } of map.items as { key: MaybeNode; value: MaybeNode }[]) {
    if (walk.problems.length > 0) break;
    if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
      mergeInto(into, value, walk);
      continue;
    }
    const name = readNode(key, walk) ?? "";
    if (typeof name !== "string") return refuse(walk, key, badKey) ?? into;
    if (seen.has(name)) return refuse(walk, key, duplicateKey(name)) ?? into;
    seen.add(name);
    setEntry(into, { name, value, walk });
    places.set(name, { key: startOf(key), value: value ? startOf(value) : startOf(key) });
  }
  return into;
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
  yamlError("duplicate-key", `The key \`${name}\` is given twice.`, "Keep one of them.");
const badKey = yamlError("bad-key", "A key is not a text.", "Write a plain name before the colon.");
const badMerge = yamlError("bad-merge", "A merge key `<<` takes a map or a list of maps.", "Name an anchor of a map.");
