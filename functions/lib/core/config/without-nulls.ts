// Meaning of null in a job config, as in JES's decoder (Go yaml.v2).
import type { Tree } from "../yaml/tree.ts";

/**
 * A null field counts as not given; a null annotation is the empty text. In a list, null stays and is an error: JES read `- &&` as the
 * empty text, which nobody means.
 */
export const withoutNulls = (tree: Tree, key = ""): Tree => {
  if (tree === null || typeof tree === "string") return tree;
  if (Array.isArray(tree)) return tree.map((item) => withoutNulls(item));
  const given = Object.entries(tree).filter(([, value]) => value !== null || key === "annotations");
  return Object.assign(
    Object.create(null),
    Object.fromEntries(given.map(([name, value]) => [name, withoutNulls(value ?? "", name)])),
  );
};
