// Warnings about valid config that its author cannot have meant. For lint and plan only, not for the functions.
import { byPlace, distinct, type Problem } from "../../problem.ts";
import type { Path } from "../../yaml/path.ts";
import { type Tree, valueAt } from "../../yaml/tree.ts";
import type { ActionOutline } from "../outline.ts";
import type { ParsedJobConfig } from "../parse.ts";
import type { Task } from "../schema.ts";
import { toProblem, type Warning } from "../warning.ts";
import { lintAmounts } from "./amounts.ts";
import { lintCommand } from "./commands.ts";
import { lintEnvironment } from "./environment.ts";
import { impossibleName } from "./event-names.ts";
import { impossiblePath } from "./event-paths.ts";
import { lintFiles } from "./files.ts";
import { lintProgram } from "./programs.ts";

/** In the order of the text. A config with errors is checked as far as it can be read. */
export const lintIntent = ({ actions = [], outline = [], tree, at }: ParsedJobConfig): readonly Problem[] => {
  if (!at) return [];
  const warnings = [
    ...outline.flatMap(({ events }, action) => lintEvents(events, ["actions", action, "events"])),
    ...actions.flatMap(({ action }, index) => lintTasks(action?.tasks ?? [], ["actions", index, "tasks"], tree)),
  ];
  const problems = warnings.map((warning) => toProblem(warning, { at }));
  return distinct(problems).sort(byPlace);
};

const lintEvents = (events: ActionOutline["events"], path: Path): Warning[] =>
  events.flatMap(({ name, property = "" }, index) => [
    ...impossibleName(name, [...path, index, "name"]),
    ...impossiblePath(property, "the action never runs", [...path, index, "jsonpath", "property"]),
  ]);

const lintTasks = (tasks: readonly Task[], path: Path, tree: Tree | undefined): Warning[] =>
  tasks.flatMap((task, index) => lintTask(task, [...path, index], tree));

const lintTask = (task: Task, path: Path, tree: Tree | undefined): Warning[] => [
  ...lintCommand(task, path),
  ...lintProgram(task, path),
  ...lintFiles(task, path),
  ...lintEnvironment(task, path),
  ...lintAmounts(task, valueAt(tree, path), path),
];
