// Warnings about configs that work, but perhaps not as intended.
import { isIndefinite } from "../jsonpath/jsonpath.ts";
import type { Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import { quote } from "../yaml/scalars.ts";
import type { YamlTree } from "../yaml/tree.ts";
import { type ActionOutline, type EventOutline, isWithoutActions } from "./outline.ts";
import { anchorOf } from "./pattern.ts";
import { toProblem, type Warning } from "./warning.ts";

export const lintOutline = (actions: readonly ActionOutline[], yaml: YamlTree): Problem[] =>
  [
    ...(isWithoutActions(yaml.tree) ? [noActions] : []),
    ...duplicates("action", names(actions), ["actions"]),
    ...actions.flatMap((action, index) => lintAction(action, ["actions", index])),
  ].map((warning) => toProblem(warning, yaml));

const names = (actions: readonly ActionOutline[]) => actions.map(({ name }) => name);

const noActions: Warning = {
  code: "no-actions",
  message: "The job config has no actions, so nothing ever runs.",
  fix: "Add an action under `actions`.",
  path: ["actions"],
};

const duplicates = (kind: string, names: readonly (string | undefined)[], path: Path): Warning[] =>
  names.flatMap((name, index) => {
    if (name === undefined || names.indexOf(name) === index) return [];
    const message = `An earlier ${kind} is also named ${quote(name)}.`;
    const fix = "Both run; give them distinct names.";
    return [{ code: `duplicate-${kind}`, message, fix, path: [...path, index, "name"] }];
  });

const lintAction = ({ name, events, tasks, isWithoutEvents }: ActionOutline, path: Path): Warning[] => [
  ...(isWithoutEvents ? [noEvents(name ?? "", path)] : []),
  ...duplicates("task", tasks, [...path, "tasks"]),
  ...events.flatMap((event, index) => lintEvent(event, [...path, "events", index])),
];

const noEvents = (name: string, path: Path): Warning => ({
  code: "no-events",
  message: `The action ${quote(name)} has no events, so it never runs.`,
  fix: "Add the events that start it under `events`.",
  path: [...path, "events"],
});

const lintEvent = ({ name, property, match }: EventOutline, path: Path): Warning[] => {
  const anchored = anchorOf(name);
  const warnings: Warning[] = [];
  if (anchored && name !== "") {
    const message = `The event name ${quote(name)} matches anywhere in the type, so it also matches other events.`;
    const fix = `Match the whole type with ^ and $, for example '${anchored}'.`;
    warnings.push({ code: "loose-event-name", message, fix, path: [...path, "name"] });
  }
  if (match !== undefined && property === undefined) {
    const message = "`match` without `property` has no effect.";
    const fix = "Add the JSONPath as `property`.";
    warnings.push({ code: "match-without-property", message, fix, path: [...path, "jsonpath", "match"] });
  }
  if (property !== undefined && isIndefinite(property)) {
    const message = `The JSONPath ${quote(property)} gives a list, and a list never equals text: the action never runs.`;
    const fix = "Select one value, for example with [0].";
    warnings.push({ code: "never-matches", message, fix, path: [...path, "jsonpath", "property"] });
  }
  return warnings;
};
