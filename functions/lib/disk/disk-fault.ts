// Explains file system errors.
import { renderName } from "../core/files/file-names.ts";
import { IoError } from "../io-error.ts";

/** @returns errno's name, such as ENOENT, or "" */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
};

/** For `catch`: undefined if the file does not exist. @throws all other errors */
export const absent = (error: unknown): undefined => {
  if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return undefined;
  throw error;
};

export interface DiskWork {
  readonly doing: "read" | "write";
  readonly folder: string;
  /** Path of a file in the folder; undefined: the folder itself. */
  readonly path?: string;
}

/** @throws IoError instead of file system errors; other errors unchanged */
export const explained = async <T>(work: DiskWork, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (cause) {
    if (!isDiskError(cause)) throw cause;
    const name = work.path === undefined ? work.folder : `${renderName(work.path)} in ${work.folder}`;
    throw new IoError(`Cannot ${work.doing} ${name}: ${meaningOf(cause)}.`, { retryable: false, cause });
  }
};

const isDiskError = (error: unknown): error is NodeJS.ErrnoException =>
  !(error instanceof IoError) && codeOf(error) !== "" && "syscall" in (error as Error);

const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "the volume is full; increase FILES_VOLUME_SIZE (the size of /keptn), or list fewer files",
  EDQUOT: "the volume's quota is used up; increase FILES_VOLUME_SIZE (the size of /keptn), or list fewer files",
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  EISDIR: "a folder with this name exists",
  ENOTDIR: "a part of its path is a file",
  ENAMETOOLONG: "the name is too long for this file system",
};

const meaningOf = (error: NodeJS.ErrnoException): string => meanings[codeOf(error)] ?? error.message;
