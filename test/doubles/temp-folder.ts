// A folder of its own for a test, removed after it.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";

export const makeTempFolder = async (context: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "jes-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Every file below a folder, by its path, as latin1 text: no byte is lost. */
export const readTree = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [relative(folder, file), await readFile(file, "latin1")] as const);
  return Object.fromEntries((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
};
