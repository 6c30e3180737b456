// What null means in a job config, as JES's decoder (Go yaml.v2) has it.
import type { Tree } from "./yaml-tree.ts";

/**
 * A field that is null is not given; as the value of an annotation, null is the empty text. In a list it stays, and is an error: JES
 * took `- &&` for the empty text, which nobody means.
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
