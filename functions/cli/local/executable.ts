// Finds the program of a container's command, or explains like a container runtime why it cannot be run.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

interface Lookup {
  /** Value of PATH. */
  readonly path: string;
  /** Base folder of relative paths on this machine. */
  readonly workingDir: string;
  /** Maps a path in the container to a path on this machine. */
  readonly toHost: (path: string) => string;
}

/** @returns undefined if it can be run, otherwise runc's message */
export const checkExecutable = async (program: string, lookup: Lookup): Promise<string | undefined> => {
  const said = (what: string) => `exec: ${JSON.stringify(program)}: ${what}`;
  if (program.includes("/")) {
    const path = isAbsolute(program) ? lookup.toHost(program) : resolve(lookup.workingDir, program);
    const state = await stateOf(path);
    return state === "ok" ? undefined : said(state);
  }
  const places = lookup.path.split(":").map((folder) => join(lookup.toHost(folder || "."), program));
  const states = await Promise.all(places.map(stateOf));
  return states.includes("ok") ? undefined : said("executable file not found in $PATH");
};

const stateOf = async (path: string): Promise<"ok" | "no such file or directory" | "permission denied"> => {
  try {
    if ((await stat(path)).isDirectory()) return "permission denied";
  } catch {
    return "no such file or directory";
  }
  return access(path, constants.X_OK).then(
    () => "ok",
    () => "permission denied",
  );
};
