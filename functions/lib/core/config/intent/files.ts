// Warnings about a task's files: entries that cannot name a file, and relative working directories.
import { parseFileEntry } from "../../files/file-names.ts";
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";

export const lintFiles = (task: Task, path: Path): Warning[] => [
  ...(task.files ?? []).flatMap((entry, index) => lintEntry(entry, task, [...path, "files", index])),
  ...lintWorkingDir(task, [...path, "workingDir"]),
];

const lintEntry = (entry: string, task: Task, path: Path): Warning[] => {
  if (/[*?]|\{[^{}]*,[^{}]*\}/.test(entry)) return [globInFiles(entry, path)];
  if (/\$[({]|\$KEPTN_/.test(entry)) return [variableInFiles(entry, path)];
  return /^\/keptn(?:\/|$)/.test(entry) && !isFolderOfService(task) ? [keptnInFiles(entry, path)] : [];
};

const globInFiles = (entry: string, path: Path): Warning => {
  const folder = entry.replace(/\/?[^/]*[*?{].*$/, "");
  const message = `${quote(entry)} in \`files\` is read as the name of one file: patterns have no meaning there.`;
  const each = "List each file, or a folder for all its files.";
  const fix = folder === "" ? each : `Write ${folder} for all files in this folder.`;
  return { code: "glob-in-files", message, fix, path };
};

const variableInFiles = (entry: string, path: Path): Warning => ({
  code: "variable-in-files",
  message: `${quote(entry)} in \`files\` stays as it is: variables are only replaced in cmd, args and env.`,
  fix: "Write the file's name; if the service has no such file, the stage's is used.",
  path,
});

const keptnInFiles = (entry: string, path: Path): Warning => ({
  code: "keptn-in-files",
  message: `${quote(entry)} in \`files\` means a folder \`keptn\` in the repository, and appears as /keptn${entry}.`,
  fix: `Write ${parseFileEntry(entry).path.replace(/^keptn\/?/, "") || "/"}, without /keptn.`,
  path,
});

/** True if the task uses /keptn/keptn: the repository then does have a folder of this name. */
const isFolderOfService = ({ cmd = [], args = [], env = [], workingDir = "" }: Task): boolean =>
  [...cmd, ...args, ...env.map(({ value }) => value), workingDir].some((text) => text.includes("/keptn/keptn"));

/** runc: "Cwd must be an absolute path" (libcontainer/configs/validate). */
const lintWorkingDir = ({ name, workingDir = "" }: Task, path: Path): Warning[] => {
  if (workingDir === "" || /^(?:[/\\]|[A-Za-z]:)/.test(workingDir)) return [];
  const inner = workingDir.replace(/^\.\/?/, "").replace(/^keptn(?=\/|$)\/?/, "");
  const message = `The workingDir ${quote(workingDir)} of task ${quote(name)} is not an absolute path: its container cannot start.`;
  const fix = `Write \`workingDir: ${inner === "" ? "/keptn" : `/keptn/${inner}`}\` for a folder of its files.`;
  return [{ code: "relative-working-dir", message, fix, path }];
};
