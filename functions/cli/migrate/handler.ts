// job-executor migrate: reads JES's Helm values, writes an overlay and prints notes.
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkNamespace } from "../../lib/core/config/kubernetes-names.ts";
import { renderProblems } from "../../lib/core/problem.ts";
import { codeOf } from "../../lib/disk/disk-fault.ts";
import { type ExitCode, exitCode } from "../exit-codes.ts";
import { usageError } from "../fault.ts";
import { readInput } from "../input.ts";
import { packageRoot } from "../package-root.ts";
import type { Terminal } from "../terminal.ts";
import { renderNotes } from "./render-notes.ts";
import { defaultImage } from "./values/general-notes.ts";
import { planMigration } from "./values/plan-migration.ts";

export interface MigrateOptions {
  readonly values: string;
  readonly output?: string;
  readonly namespace: string;
  readonly image?: string;
  readonly manifests?: string;
}

/** @throws a usage error */
export const migrate = async (
  { values, output, namespace, image = defaultImage, manifests }: MigrateOptions,
  terminal: Terminal,
): Promise<ExitCode> => {
  const fault = checkNamespace(namespace);
  if (fault) throw usageError(`--namespace ${fault.message}. ${fault.fix}`);
  const text = await readInput(values, "values");
  const folder = output ?? ".";
  const options = { namespace, image, folder, manifests: manifests ?? (await pathToManifests(folder)) };
  const planned = planMigration({ text, file: values === "-" ? "stdin" : values, ...options });
  if ("problems" in planned) {
    terminal.say(renderProblems(planned.problems));
    return exitCode.failed;
  }
  if (output === undefined) terminal.print(planned.overlay);
  else await writeNew(join(output, "kustomization.yaml"), planned.overlay);
  terminal.say(renderNotes(planned.notes, terminal.style));
  return exitCode.ok;
};

/** Kustomize accepts only relative paths, and resolves links first. */
const pathToManifests = async (folder: string): Promise<string> => {
  const ours = fileURLToPath(new URL("manifests", packageRoot));
  return relative(await realFolder(resolve(folder)), await realFolder(ours));
};

/** @param folder may not exist yet */
const realFolder = async (folder: string): Promise<string> => {
  try {
    return await realpath(folder);
  } catch (fault) {
    if (codeOf(fault) !== "ENOENT") throw fault;
    return join(await realFolder(dirname(folder)), basename(folder));
  }
};

const writeNew = async (file: string, text: string): Promise<void> => {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx" });
  } catch (fault) {
    if (codeOf(fault) === "EEXIST") throw usageError(`${file} already exists. Remove it, or choose another folder.`);
    throw usageError(`Cannot write ${file}: ${fault instanceof Error ? fault.message : fault}.`);
  }
};
