// A folder instead of Keptn's Git repository, for local runs, with the same rules.
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { checkFileName, renderName } from "../core/files/file-names.ts";
import { IoError } from "../io-error.ts";
import type { KeptnFiles } from "../keptn/files.ts";
import { absent, explained } from "./disk-fault.ts";

/** @param folder stands for the service's folder in Keptn; stage and project level are empty */
export const openFilesFolder = (folder: string): KeptnFiles => ({
  listFiles: async (level) =>
    level === "service" ? explained({ doing: "read", folder }, () => listFolder(folder)) : [],
  openFile: async (level, path) =>
    level === "service" ? explained({ doing: "read", folder, path }, () => openFile(folder, path)) : undefined,
});

/** Keptn hides these too (resource-service, handler/pagination.go). */
const isHidden = (path: string): boolean => path.includes(".git") || path.includes(".keptn-stages");

const listFolder = async (folder: string): Promise<readonly string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !isHidden(path))
    .sort();
};

const openFile = async (folder: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
  const problem = checkFileName(path);
  if (problem) throw new IoError(problem.message, { retryable: false });
  for (const part of partsOf(path)) {
    const found = await lstat(join(folder, part)).catch(absent);
    if (found?.isSymbolicLink()) {
      const message = `${renderName(part)} in ${folder} is a symlink; symlinks are not followed.`;
      throw new IoError(message, { retryable: false });
    }
    if (!found || (part === path && !found.isFile())) return undefined;
  }
  return createReadStream(join(folder, path));
};

/** `a/b/c` -> `a`, `a/b`, `a/b/c` */
const partsOf = (path: string): string[] => path.split("/").map((_, i, parts) => parts.slice(0, i + 1).join("/"));
