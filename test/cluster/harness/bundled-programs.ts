// The programs as shipped, bundled once for all tests of a process: starting from source takes five times as long.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, bundleCli } from "../../../build/bundle.ts";

/** @returns a function that makes the folder when it is first called; it is removed when this process ends */
const once = (make: (folder: string) => Promise<unknown>): (() => Promise<string>) => {
  let made: Promise<string> | undefined;
  return () => {
    made ??= inTempFolder(make);
    return made;
  };
};

const inTempFolder = async (make: (folder: string) => Promise<unknown>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "programs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await make(folder);
  return folder;
};

/** The folder with serve.cjs. */
export const bundledPrograms = once(bundle);

const cliFolder = once(bundleCli);

/** The file of the command, to be started by node. */
export const bundledCli = async (): Promise<string> => join(await cliFolder(), "main.mjs");
