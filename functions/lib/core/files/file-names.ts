// Allowed file names: none may lead out of the target folder.
import { errorProblem, type Problem } from "../problem.ts";
import { utf8Bytes } from "../text/log-text.ts";
import { filesFolder } from "./fetch-order.ts";

/** A normalized entry of a task's `files`: `/helm/` must be a folder, `helm` may be a file or a folder. */
export interface FileEntry {
  /** Relative, with "/" between its parts; "" is everything. */
  readonly path: string;
  /** Ends in "/", or is everything: not looked up as a file. */
  readonly folderOnly: boolean;
}

/** Folder below the target folder where fetch-files keeps incomplete files. */
export const partsFolder = ".fetch-files";

/** NAME_MAX and PATH_MAX of Linux, in bytes. */
const nameLimitBytes = 255;
const pathLimitBytes = 4095 - filesFolder.length - 1;

/** @param text as in the job config: with or without "/" at either end; "", "." and "/" are everything */
export const parseFileEntry = (text: string): FileEntry => {
  const path = text.replace(/^\.?\/|^\.$/, "").replace(/\/$/, "");
  return { path, folderOnly: path === "" || text.endsWith("/") };
};

/**
 * @param path relative to the target folder, as Keptn lists it without its leading slash
 * @returns undefined if it can only be written below the target folder
 */
export const checkFileName = (path: string): Problem | undefined => {
  const why = flawOf(path);
  const fix = "Rename the file in the Git repository, or do not list it.";
  return why ? errorProblem("unsafe-file-name", `The file name ${renderName(path)} ${why}.`, fix) : undefined;
};

const flawOf = (path: string): string | undefined => {
  const parts = path.split("/");
  if (path.startsWith("/")) return "is an absolute path";
  if (path.includes("\0")) return "contains NUL";
  if (path.includes("\\")) return "contains a backslash";
  if (!path.isWellFormed()) return "is not valid Unicode";
  if (parts.some((part) => part === "." || part === "..")) return `contains "." or ".." as a folder`;
  if (parts.includes("")) return "has an empty path segment";
  if (path.includes("..") || path.includes("~")) return `contains ".." or "~", which Keptn's API refuses`;
  if (parts[0] === partsFolder) return "is reserved for fetch-files";
  const long = parts.find((part) => utf8Bytes(part) > nameLimitBytes);
  if (long) return `has a path segment of more than ${nameLimitBytes} bytes`;
  if (utf8Bytes(path) > pathLimitBytes) return `has more than ${pathLimitBytes} bytes`;
  return undefined;
};

/** Checks all entries of a task before any request to Keptn. */
export const checkFileEntries = (entries: readonly string[]): Problem[] =>
  entries.flatMap((text) => (flawOfEntry(text) ? (checkFileName(parseFileEntry(text).path) ?? []) : []));

/** @returns the problem of an entry, as the end of a sentence that begins with its name; undefined if it is valid */
export const flawOfEntry = (text: string): string | undefined => {
  const { path } = parseFileEntry(text);
  return path === "" ? undefined : flawOf(path);
};

/** For messages and logs: quoted unless plain, so that a name cannot be mistaken for other text. */
export const renderName = (path: string): string => {
  const short = path.length > 300 ? `${path.slice(0, 300)}…` : path;
  return /^[\w./@+%=-]+$/.test(short) ? short : JSON.stringify(short);
};
