// Converts a setting's JSON into the tree of text that the config's schemas read.
import type { Tree } from "./tree.ts";

/**
 * @param spell converts keys
 * @returns "" for invalid JSON
 */
export const jsonTree = (json: string, spell: (key: string) => string = (key) => key): Tree => {
  try {
    return treeOf(JSON.parse(json), spell) ?? "";
  } catch {
    return "";
  }
};

/** JES's chart writes `RunAsUser`, which Go reads as `runAsUser`. */
export const smallFirst = (key: string): string => key.charAt(0).toLowerCase() + key.slice(1);

const treeOf = (value: unknown, spell: (key: string) => string): Tree | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map((item) => treeOf(item, spell) ?? "");
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const tree = treeOf(item, spell);
    return tree === undefined ? [] : [[spell(key), tree] as const];
  });
  return Object.fromEntries(entries);
};
