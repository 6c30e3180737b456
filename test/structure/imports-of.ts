// What the files of functions/ import of each other: what the tests of the structure walk along.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface Import {
  /** From the root, e.g. `functions/lib/run/lease.ts`. */
  readonly file: string;
  readonly typeOnly: boolean;
  /** `await import()`. */
  readonly lazy: boolean;
}

export const sourceFiles: readonly string[] = globSync("functions/**/*.ts").toSorted();

const statement = /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

export const importsOf = (file: string): readonly Import[] =>
  [...readFileSync(file, "utf8").matchAll(statement)].map(([, type, name, lazy]) => ({
    file: normalize(join(dirname(file), name ?? lazy ?? "")),
    typeOnly: type !== undefined,
    lazy: lazy !== undefined,
  }));
