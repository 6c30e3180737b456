// Which names a file may have: none that could lead out of the folder that it is written to.
import { filesFolder } from "./files.ts";
import { utf8Bytes } from "./log-text.ts";
import type { Problem } from "./problem.ts";

/** An entry of a task's `files`, in one spelling: `/helm/` and `helm` differ only in what they may be. */
export interface FileEntry {
  /** Relative, "/" between its parts; "" is everything. */
  readonly path: string;
  /** Written with "/" at its end, or everything: it is not looked up as a file. */
  readonly folderOnly: boolean;
}

/** Where fetch-files keeps what is not complete yet, below the target folder. */
export const partsFolder = ".fetch-files";

/** NAME_MAX and PATH_MAX of Linux, in bytes. */
const nameLimitBytes = 255;
const pathLimitBytes = 4095 - filesFolder.length - 1;

/** @param text as the job config has it: with or without "/" at either end; "", "." and "/" are everything */
export const parseFileEntry = (text: string): FileEntry => {
  const path = text.replace(/^\.?\/|^\.$/, "").replace(/\/$/, "");
  return { path, folderOnly: path === "" || text.endsWith("/") };
};

/**
 * @param path relative to the target folder, as Keptn lists it without its leading slash
 * @returns undefined when it can be written below the target folder and nowhere else
 */
export const checkFileName = (path: string): Problem | undefined => {
  const why = flawOf(path);
  if (!why) return undefined;
  return {
    code: "unsafe-file-name",
    severity: "error",
    message: `The file name ${renderName(path)} ${why}.`,
    fix: "Rename the file in the Git repository, or do not list it.",
  };
};

const flawOf = (path: string): string | undefined => {
  const parts = path.split("/");
  if (path.startsWith("/")) return "is an absolute path";
  if (path.includes("\0")) return "contains NUL";
  if (path.includes("\\")) return "contains a backslash";
  if (!path.isWellFormed()) return "is not valid Unicode";
  if (parts.some((part) => part === "." || part === "..")) return `contains "." or ".." as a folder`;
  if (parts.includes("")) return "has an empty part";
  if (path.includes("..") || path.includes("~")) return `contains ".." or "~", which Keptn's API refuses`;
  if (parts[0] === partsFolder) return "is one that fetch-files needs itself";
  const long = parts.find((part) => utf8Bytes(part) > nameLimitBytes);
  if (long) return `has a part of more than ${nameLimitBytes} bytes`;
  if (utf8Bytes(path) > pathLimitBytes) return `has more than ${pathLimitBytes} bytes`;
  return undefined;
};

/** All entries of a task, checked before anything is asked of Keptn. */
export const checkFileEntries = (entries: readonly string[]): Problem[] =>
  entries.flatMap((text) => (flawOfEntry(text) ? (checkFileName(parseFileEntry(text).path) ?? []) : []));

/** @returns what is wrong with an entry, as the end of a sentence that begins with its name; undefined when it is good */
export const flawOfEntry = (text: string): string | undefined => {
  const { path } = parseFileEntry(text);
  return path === "" ? undefined : flawOf(path);
};

/** For messages and logs: quoted where it is not plain, so that a name cannot pass for something else. */
export const renderName = (path: string): string => {
  const short = path.length > 300 ? `${path.slice(0, 300)}…` : path;
  return /^[\w./@+%=-]+$/.test(short) ? short : JSON.stringify(short);
};
