// Outline of a config that may be invalid: its actions and the events they would match.
import { isTreeMap, listIn, type Tree } from "../yaml/tree.ts";

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
  listIn(tree, "actions").map((action) => ({
    name: textAt(action, "name"),
    silent: /^(y|yes|true|on)$/i.test(textAt(action, "silent") ?? ""),
    events: listIn(action, "events").map(eventOf),
    tasks: listIn(action, "tasks").map((task) => textAt(task, "name")),
    isWithoutEvents: isTreeMap(action) && (action["events"] ?? []).length === 0,
  }));

const eventOf = (event: Tree): EventOutline => {
  const jsonpath = (isTreeMap(event) ? event["jsonpath"] : undefined) ?? "";
  return {
    name: textAt(event, "name") ?? "",
    property: textAt(jsonpath, "property"),
    match: textAt(jsonpath, "match"),
  };
};

export const isWithoutActions = (tree: Tree): boolean => isTreeMap(tree) && (tree["actions"] ?? []).length === 0;

const textAt = (tree: Tree, key: string): string | undefined => {
  const value = isTreeMap(tree) ? tree[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
};
