// The versions of the upgrade test: 0.1.0 from Git's history, with its own dependencies, and these sources.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { bundledPrograms } from "../harness/bundled-programs.ts";

export interface Version {
  readonly name: string;
  /** The folder `manifests`. */
  readonly manifests: string;
  /** The folder with serve.cjs, which starts the program that FUNCTION names. */
  readonly programs: string;
}

const run = promisify(execFile);

/** The last commit of version 0.1.0. */
const commit = "00153d5fcea0725ef0a931fe9799046e3cd70b3f";

/** Why version 0.1.0 is not available; undefined when it is. */
export const noVersion010: string | undefined = await run("git", ["cat-file", "-e", `${commit}^{commit}`]).then(
  () => undefined,
  () => `this clone does not have commit ${commit.slice(0, 7)} (version 0.1.0): git fetch --unshallow`,
);

export const thisVersion = async (): Promise<Version> => ({
  name: "this version",
  manifests: resolve("manifests"),
  programs: await bundledPrograms(),
});

/** Runs from source, because its build needs more packages. @param folder an empty one */
export const version010 = async (folder: string): Promise<Version> => {
  const archive = join(folder, "sources.tar");
  await run("git", [
    "archive",
    `--output=${archive}`,
    commit,
    "functions",
    "manifests",
    "package.json",
    "package-lock.json",
  ]);
  await run("tar", ["-xf", archive, "-C", folder]);
  await run("npm", ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
  });
  await writeFile(join(folder, "serve.cjs"), 'import("./functions/serve.ts");\n');
  return { name: "0.1.0", manifests: join(folder, "manifests"), programs: folder };
};
