// Notes on the source of a task's files.
import type { JobConfig } from "../../../lib/core/config/schema.ts";
import { parseFileEntry } from "../../../lib/core/files/file-names.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { atFirst, type Note, type PlacedTask, tasksOf } from "./places.ts";

export const explainFiles = (config: JobConfig): Note[] => {
  const tasks = tasksOf(config).filter(({ task }) => task.files?.length);
  return [
    ...atFirst(tasks, ({ task, path }, more) => ({
      code: "jes-files-of-all-levels",
      message: `Files of task ${quote(task.name)}${more} that the service does not have are taken from the stage, then from the project; JES only used the service.`,
      path: [...path, "files"],
    })),
    ...atFirst(tasks, ({ task, path }, more) => ({
      code: "jes-files-of-the-commit",
      message: `Task ${quote(task.name)}${more} gets its files from the event's commit; JES used HEAD, which may be newer than the config.`,
      fix: "Nothing to do: a commit made while a sequence runs takes effect in the next one.",
      path: [...path, "files"],
    })),
    ...atFirst(tasks, ({ task, path }, more) => ({
      code: "jes-files-for-every-user",
      message: `Task ${quote(task.name)}${more} can read and change its files, and run scripts and programs, as any user; JES's folders were accessible to one user only.`,
      path: [...path, "files"],
    })),
    ...tasks.flatMap(explainEntries),
    ...tasks
      .filter((placed) => isNamesake(placed, config))
      .map(({ task, path }) => ({
        code: "jes-files-of-a-namesake",
        message: `JES gave task ${quote(task.name)} the files of the first task with the same names of action and task; now it gets its own.`,
        path: [...path, "files"],
      })),
  ];
};

const explainEntries = ({ task, path }: PlacedTask): Note[] =>
  (task.files ?? []).flatMap((entry, index) => {
    const { path: folder, folderOnly } = parseFileEntry(entry);
    if (!folderOnly) return [];
    const what = folder === "" ? "all files of the service" : `the folder ${folder}`;
    const message = `JES found nothing for ${quote(entry)}, and the task failed; now it means ${what}.`;
    return [{ code: "jes-found-no-folder", message, path: [...path, "files", index] }];
  });

/** JES's init container looked up its task by the names of action and task, and used the first match. */
const isNamesake = ({ task, path }: PlacedTask, { actions }: JobConfig): boolean => {
  const [, action, , index] = path as [string, number, string, number];
  const first = actions.findIndex(({ name }) => name === actions[action]?.name);
  return first < action || (actions[action]?.tasks ?? []).findIndex(({ name }) => name === task.name) < index;
};
