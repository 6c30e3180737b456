// Where the files of a task come from.
import { quote } from "../config/scalars.ts";
import type { JobConfig } from "../config/schema.ts";
import type { Warning } from "../config/warning.ts";
import { parseFileEntry } from "../file-names.ts";
import { atFirst, nothingToDo, type PlacedTask, tasksOf } from "./places.ts";

export const explainFiles = (config: JobConfig): Warning[] => {
  const tasks = tasksOf(config).filter(({ task }) => task.files?.length);
  return [
    ...atFirst(tasks, explainLevels),
    ...atFirst(tasks, explainCommit),
    ...atFirst(tasks, explainModes),
    ...tasks.flatMap(explainEntries),
    ...tasks.filter((placed) => isNamesake(placed, config)).map(explainNamesake),
  ];
};

const atFiles = ({ path }: PlacedTask) => [...path, "files"];

const explainLevels = (placed: PlacedTask, more: string): Warning => ({
  code: "jes-files-of-all-levels",
  message: `What task ${quote(placed.task.name)}${more} does not find at its service, it gets from the stage, then from the project; JES looked at the service only.`,
  fix: nothingToDo,
  path: atFiles(placed),
});

const explainCommit = (placed: PlacedTask, more: string): Warning => ({
  code: "jes-files-of-the-commit",
  message: `Task ${quote(placed.task.name)}${more} gets its files as they are at the event's commit; JES took them from HEAD, perhaps newer than the config.`,
  fix: "Nothing to do: what is committed while a sequence runs is seen by the next one.",
  path: atFiles(placed),
});

const explainModes = (placed: PlacedTask, more: string): Warning => ({
  code: "jes-files-for-every-user",
  message: `Whatever user task ${quote(placed.task.name)}${more} runs as, it can read and change its files, and run scripts and programs; JES's folders were open to one user.`,
  fix: nothingToDo,
  path: atFiles(placed),
});

const explainEntries = ({ task, path }: PlacedTask): Warning[] =>
  (task.files ?? []).flatMap((entry, index) => {
    const { path: folder, folderOnly } = parseFileEntry(entry);
    if (!folderOnly) return [];
    const what = folder === "" ? "all that the service has" : `the folder ${folder}`;
    const message = `JES found nothing for ${quote(entry)}, and the task failed; it is ${what} now.`;
    return [{ code: "jes-found-no-folder", message, fix: nothingToDo, path: [...path, "files", index] }];
  });

/** JES's init container looked for its task by the names of action and task, and took the first ones. */
const isNamesake = ({ task, path }: PlacedTask, { actions }: JobConfig): boolean => {
  const [, action, , index] = path as [string, number, string, number];
  const first = actions.findIndex(({ name }) => name === actions[action]?.name);
  return first < action || (actions[action]?.tasks ?? []).findIndex(({ name }) => name === task.name) < index;
};

const explainNamesake = ({ task, path }: PlacedTask): Warning => ({
  code: "jes-files-of-a-namesake",
  message: `JES gave task ${quote(task.name)} the files of the first one that has its and its action's name; it gets its own now.`,
  fix: nothingToDo,
  path: [...path, "files"],
});
