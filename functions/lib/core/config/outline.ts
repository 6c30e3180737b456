// Outline of a config that may be invalid: its actions and the events they would match.
import type { Tree } from "../yaml/tree.ts";

export interface ActionOutline {
  readonly name: string | undefined;
  readonly silent: boolean;
  readonly events: readonly EventOutline[];
  readonly tasks: readonly (string | undefined)[];
  /** It has no events at all, as opposed to unreadable ones. */
  readonly isWithoutEvents: boolean;
}

export interface EventOutline {
  readonly name: string;
  readonly property: string | undefined;
  readonly match: string | undefined;
}

export const outlineOf = (tree: Tree): ActionOutline[] =>
  listAt(tree, "actions").map((action) => ({
    name: textAt(action, "name"),
    silent: /^(y|yes|true|on)$/i.test(textAt(action, "silent") ?? ""),
    events: listAt(action, "events").map(eventOf),
    tasks: listAt(action, "tasks").map((task) => textAt(task, "name")),
    isWithoutEvents: isMap(action) && (at(action, "events") ?? []).length === 0,
  }));

const eventOf = (event: Tree): EventOutline => {
  const jsonpath = at(event, "jsonpath") ?? "";
  return {
    name: textAt(event, "name") ?? "",
    property: textAt(jsonpath, "property"),
    match: textAt(jsonpath, "match"),
  };
};

export const isWithoutActions = (tree: Tree): boolean => isMap(tree) && (at(tree, "actions") ?? []).length === 0;

const at = (tree: Tree, key: string): Tree | undefined => (isMap(tree) ? tree[key] : undefined);

const isMap = (tree: Tree): tree is { [key: string]: Tree } =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree);

const listAt = (tree: Tree, key: string): Tree[] => {
  const list = at(tree, key);
  return Array.isArray(list) ? list : [];
};

const textAt = (tree: Tree, key: string): string | undefined => {
  const value = at(tree, key);
  return typeof value === "string" && value !== "" ? value : undefined;
};
