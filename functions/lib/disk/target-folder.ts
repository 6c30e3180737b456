// Writes files below one folder and nowhere else; each file is written completely or not at all.
import { chmod, type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { headBytes, isExecutable } from "../core/files/file-mode.ts";
import { checkFileName, partsFolder } from "../core/files/file-names.ts";
import { IoError } from "../io-error.ts";
import { absent, codeOf, explained } from "./disk-fault.ts";

/** A FileSink. @throws IoError if the folder is not writable */
export const openTargetFolder = async (folder: string, executable: "detect" | "all") => {
  const parts = join(folder, partsFolder);
  /** Removes incomplete files. */
  const close = () => rm(parts, { recursive: true, force: true });
  await explained({ doing: "write", folder }, async () => {
    await close();
    await mkdir(parts, { recursive: true, mode: 0o700 });
  });
  let begun = 0;
  /** @throws IoError if the name could lead out of the folder, the disk is full, …; and errors of `chunks` */
  const write = async (path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> => {
    refuseUnsafe(path);
    begun += 1;
    const part = join(parts, String(begun));
    return explained({ doing: "write", folder, path }, async () => {
      try {
        const bytes = await writePart(part, chunks, executable);
        await putInPlace(folder, path, part);
        return bytes;
      } finally {
        await rm(part, { force: true });
      }
    });
  };
  const sizeOfFile = (path: string) => explained({ doing: "write", folder, path }, () => sizeOf(folder, path));
  return { sizeOf: sizeOfFile, write, close };
};

/** A second check, in addition to the one when the names were parsed. */
const refuseUnsafe = (path: string): void => {
  const problem = checkFileName(path);
  if (problem) throw new IoError(problem.message, { retryable: false });
};

const sizeOf = async (folder: string, path: string): Promise<number | undefined> => {
  refuseUnsafe(path);
  const found = await lstat(join(folder, path)).catch(absent);
  return found?.isFile() ? found.size : undefined;
};

const writePart = async (
  part: string,
  chunks: AsyncIterable<Uint8Array>,
  executable: "detect" | "all",
): Promise<number> => {
  const file = await open(part, "wx", 0o600);
  try {
    let bytes = 0;
    let head = new Uint8Array();
    for await (const chunk of chunks) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
      await writeAll(file, chunk);
      bytes += chunk.length;
    }
    // Readable and writable for all users, since the task's container may run as a different user.
    await file.chmod(isExecutable(head, executable) ? 0o777 : 0o666);
    await file.datasync(); // otherwise, a crash of the node may leave an empty file under the final name
    return bytes;
  } finally {
    await file.close();
  }
};

const writeAll = async (file: FileHandle, chunk: Uint8Array): Promise<void> => {
  for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
};

const putInPlace = async (folder: string, path: string, part: string): Promise<void> => {
  await makeParents(folder, dirname(path));
  await rename(part, join(folder, path)); // replaces a symlink instead of following it
};

/** Every parent must be a real folder, because a symlink could lead anywhere. */
const makeParents = async (folder: string, path: string): Promise<void> => {
  let at = folder;
  for (const name of path.split("/").filter((part) => part !== ".")) {
    at = join(at, name);
    await makeFolder(at);
  }
};

const makeFolder = async (at: string): Promise<void> => {
  try {
    await mkdir(at);
    await chmod(at, 0o777); // the umask limits mkdir's own mode
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const found = await lstat(at);
    if (found.isDirectory()) return;
    const what = found.isSymbolicLink() ? "a symlink; symlinks are not followed" : "a file, but must be a folder";
    throw new IoError(`${at} is ${what}.`, { retryable: false });
  }
};
