// Matches an entry of a task's `files` with the files that Keptn lists, and reports missing or excessive files.
import { errorProblem, type Problem } from "../problem.ts";
import { type FetchLimits, type FetchOrder, filesFolder } from "./fetch-order.ts";
import { type FileEntry, renderName } from "./file-names.ts";

/** In lookup order: the first level that has the file, or any file of the folder, wins. */
export const levels = ["service", "stage", "project"] as const;
export type Level = (typeof levels)[number];

export type Match =
  | { readonly kind: "file" }
  | { readonly kind: "folder"; readonly paths: readonly string[] }
  /** Not listed. Keptn lists HEAD and hides names with `.git`, so the event's commit may still have a file of this name. */
  | { readonly kind: "unlisted" };

/** @param listed all names of one level, without a leading slash */
export const matchEntry = (entry: FileEntry, listed: readonly string[]): Match => {
  const prefix = entry.path === "" ? "" : `${entry.path}/`;
  if (!entry.folderOnly && listed.includes(entry.path)) return { kind: "file" };
  const paths = listed.filter((path) => path.startsWith(prefix));
  return paths.length > 0 ? { kind: "folder", paths } : { kind: "unlisted" };
};

/** Keptn's resource-service lists names with a leading slash (handler/pagination.go). */
export const pathOfUri = (uri: string): string => uri.replace(/^\//, "");

export const missingProblem = (entry: FileEntry, order: FetchOrder): Problem =>
  errorProblem(
    "missing-file",
    `${entry.folderOnly ? "The folder" : "The file or folder"} ${renderEntry(entry)} is not in Keptn's Git repository: looked in ${renderLevels(order)}.`,
    "Add it (keptn add-resource), or fix `files` in the job config.",
  );

const renderEntry = (entry: FileEntry): string => (entry.path === "" ? `"/"` : renderName(entry.path));

const renderLevels = ({ project, stage, service, gitcommitid }: FetchOrder): string => {
  const at = gitcommitid ? ` (both at commit ${gitcommitid})` : "";
  return `service ${service}, stage ${stage}${at}, project ${project}`;
};

export const tooManyProblem = (count: number, limits: FetchLimits): Problem =>
  errorProblem(
    "too-many-files",
    `The task requests at least ${count} files; the limit is ${limits.count}.`,
    "List fewer files, or raise FILES_MAX_COUNT.",
  );

export const tooLargeProblem = (path: string, limits: FetchLimits): Problem =>
  errorProblem(
    "file-too-large",
    `The file ${renderName(path)} is larger than ${renderBytes(limits.fileBytes)}.`,
    "Use smaller files, or raise FILES_MAX_FILE_SIZE and FILES_VOLUME_SIZE.",
  );

export const tooMuchProblem = (path: string, limits: FetchLimits): Problem =>
  errorProblem(
    "files-too-large",
    `The files of this task are larger than ${renderBytes(limits.totalBytes)}, the size of ${filesFolder} (reached at ${renderName(path)}).`,
    "List fewer files, give the task a larger `volume`, or raise FILES_VOLUME_SIZE.",
  );

export const renderBytes = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power - 1]}`;
};
