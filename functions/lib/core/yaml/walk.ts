// State of a walk through a YAML document: anchors, positions, and limits against alias bombs.
import type { ParsedNode } from "yaml";
import { errorProblem, type Problem } from "../problem.ts";
import { tooDeep } from "./document.ts";
import type { Path } from "./path.ts";

const maxDepth = 32;
/** Number of nodes with aliases resolved. */
const maxNodes = 100_000;
/** A flaw in an anchor is found again with each of its aliases. */
const maxFlaws = 10_000;

export interface Walk {
  /** Anchors so far: an alias refers to the last node before it with its name. */
  readonly anchors: Map<string, ParsedNode>;
  /** Nodes whose aliases are being followed. */
  readonly open: Set<ParsedNode>;
  /** Positions of the entries of each map and list. */
  readonly places: Map<object, Map<PropertyKey, Places>>;
  /** Problems in the order of the walk. */
  readonly flaws: WalkFlaw[];
  /** Path from the root to the current value. */
  readonly path: PropertyKey[];
  /** A limit was reached: reading stops. */
  isOver: boolean;
  nodes: number;
  depth: number;
  /** Number of aliases being followed. */
  aliases: number;
}

type WalkFlaw = Refusal & { readonly offset: number; readonly path: Path };

export interface Places {
  readonly key: number;
  readonly value: number;
}

export type MaybeNode = ParsedNode | null;

export const startOf = (node: MaybeNode): number => node?.range[0] ?? 0;

export const beginWalk = (): Walk => ({
  anchors: new Map(),
  open: new Set(),
  places: new Map(),
  flaws: [],
  path: [],
  isOver: false,
  nodes: 0,
  depth: 0,
  aliases: 0,
});

/** Reads one node within the limits. */
export const within = <T>(walk: Walk, node: MaybeNode, read: () => T): T | undefined => {
  walk.nodes += 1;
  if (walk.isOver) return undefined;
  if (walk.nodes > maxNodes) return stop(walk, node, aliasBomb);
  if (walk.depth > maxDepth) return stop(walk, node, tooDeep);
  walk.depth += 1;
  const result = read();
  walk.depth -= 1;
  return result;
};

export const followAlias = <T>(alias: ParsedNode & { source: string }, walk: Walk, read: (target: ParsedNode) => T) => {
  const target = walk.anchors.get(alias.source);
  if (!target) return refuse(walk, alias, unknownAlias(alias.source));
  if (walk.open.has(target)) return refuse(walk, alias, aliasCycle(alias.source));
  walk.open.add(target);
  walk.aliases += 1;
  const result = read(target);
  walk.aliases -= 1;
  walk.open.delete(target);
  return result;
};

export type Refusal = Omit<Problem, "at">;

/** Reading continues without this node, so that all problems are reported at once. */
export const refuse = (walk: Walk, node: MaybeNode, problem: Refusal): undefined => {
  walk.flaws.push({ ...problem, offset: startOf(node), path: [...walk.path] });
  if (walk.flaws.length > maxFlaws) walk.isOver = true;
  return undefined;
};

const stop = (walk: Walk, node: MaybeNode, problem: Refusal): undefined => {
  walk.isOver = true;
  return refuse(walk, node, problem);
};

/** Reads the value of a key or an index. */
export const below = <T>(walk: Walk, key: PropertyKey, read: () => T): T => {
  walk.path.push(key);
  const result = read();
  walk.path.pop();
  return result;
};

const aliasBomb = errorProblem(
  "alias-bomb",
  `With its aliases resolved, the job config has more than ${maxNodes} values.`,
  "Use fewer aliases.",
);
const aliasCycle = (name: string): Refusal =>
  errorProblem("alias-cycle", `The anchor &${name} contains itself.`, `Remove the alias *${name}.`);
const unknownAlias = (name: string): Refusal =>
  errorProblem("unknown-alias", `There is no anchor &${name} before this alias.`, "Define it earlier, with `&`.");
