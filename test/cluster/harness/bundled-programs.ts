// The programs as they are shipped, bundled once for all tests of a file: a start from the sources takes five times as long.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../build/bundle.ts";

let made: Promise<string> | undefined;

/** @returns the folder with serve.cjs; it is removed when this process ends */
export const bundledPrograms = (): Promise<string> => {
  made ??= make();
  return made;
};

const make = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "programs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await bundle(folder);
  return folder;
};
