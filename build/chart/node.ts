// A Kubernetes object in the chart: YAML in which parts may be template expressions, or depend on values.

export type Node =
  | { readonly kind: "scalar"; readonly value: string | number | boolean | null }
  /** A template expression that gives one scalar. */
  | { readonly kind: "expression"; readonly text: string }
  /** A template expression of a map or a list, whose entries stand among others. */
  | { readonly kind: "entries"; readonly text: string }
  | { readonly kind: "map"; readonly entries: Readonly<Record<string, Node>> }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | Choice;

interface Choice {
  readonly kind: "choice";
  /** The first whose condition holds. */
  readonly cases: readonly Case[];
  readonly otherwise: Node | undefined;
}

interface Case {
  /** A condition of the template language. */
  readonly when: string;
  /** If undefined, there is nothing in this place. */
  readonly node: Node | undefined;
}

/** What a condition changes: from an object without it to the object with it. */
export interface Difference {
  readonly when: string;
  readonly from: Node | undefined;
  readonly to: Node | undefined;
}

/** @param path of keys to the node */
export const at = (node: Node | undefined, path: readonly string[]): Node | undefined =>
  path.reduce<Node | undefined>((inner, key) => (inner?.kind === "map" ? inner.entries[key] : undefined), node);

/** @returns the node with all differences in it, each under its condition and as deep as possible */
export const mergeDifferences = (base: Node | undefined, given: readonly Difference[]): Node | undefined => {
  const differences = given.filter(({ from, to }) => !isSame(from, to));
  if (differences.length === 0) return base;
  const all = [base, ...differences.flatMap(({ from, to }) => [from, to])];
  if (all.every((node) => node?.kind === "map") && !isOther(base, differences)) return mergeMaps(base, differences);
  if (new Set(all.map(lengthOf)).size === 1 && base?.kind === "list") return mergeLists(base, differences);
  if (base?.kind === "choice") throw new Error(`two conditions in one place: ${JSON.stringify([base, differences])}`);
  return { kind: "choice", cases: casesOf(differences), otherwise: base };
};

const isSame = (one: Node | undefined, other: Node | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** One difference in all of a flat map: the map differs, not its keys. */
const isOther = (base: Node | undefined, [difference, ...others]: readonly Difference[]): boolean => {
  const entries = base?.kind === "map" ? Object.entries(base.entries) : [];
  const differs = ([key, { kind }]: (typeof entries)[number]) =>
    kind === "scalar" && !isSame(at(difference?.from, [key]), at(difference?.to, [key]));
  return others.length === 0 && entries.length > 1 && entries.every(differs);
};

const mergeMaps = (base: Node | undefined, differences: readonly Difference[]): Node => {
  const maps = [base, ...differences.map(({ to }) => to)];
  const keys = new Set(maps.flatMap((node) => (node?.kind === "map" ? Object.keys(node.entries) : [])));
  const entries = [...keys].map((key) => [key, mergeAt(base, differences, (node) => at(node, [key]))] as const);
  return { kind: "map", entries: Object.fromEntries(entries.filter(isThere)) };
};

const isThere = (entry: readonly [string, Node | undefined]): entry is readonly [string, Node] =>
  entry[1] !== undefined;

/** Lists of the same length: an item differs, not the list. */
const mergeLists = (base: Extract<Node, { kind: "list" }>, differences: readonly Difference[]): Node => {
  const items = base.items.map((_, index) => mergeAt(base, differences, (node) => itemsOf(node)[index]));
  return { kind: "list", items: items.filter((item) => item !== undefined) };
};

const lengthOf = (node: Node | undefined): number => (node?.kind === "list" ? node.items.length : -1);

const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === "list" ? node.items : []);

const mergeAt = (
  base: Node | undefined,
  differences: readonly Difference[],
  pick: (node: Node | undefined) => Node | undefined,
): Node | undefined =>
  mergeDifferences(
    pick(base),
    differences.map(({ when, from, to }) => ({ when, from: pick(from), to: pick(to) })),
  );

/** Conditions with the same result become one. */
const casesOf = (differences: readonly Difference[]): Case[] =>
  Object.values(Object.groupBy(differences, ({ to }) => JSON.stringify(to) ?? "")).map((same = []) => ({
    when: anyOf(same.map(({ when }) => when)),
    node: same[0]?.to,
  }));

export const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 1 ? (conditions[0] ?? "") : `or ${conditions.map((one) => `(${one})`).join(" ")}`;
