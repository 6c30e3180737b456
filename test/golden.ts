// Golden cases: a folder is a case. `npm run golden` writes what the code says now; read the difference before you keep it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeText } from "../functions/lib/core/text/decode-text.ts";

const root = new URL("./golden/", import.meta.url).pathname;

export interface GoldenCase {
  readonly name: string;
  /** @returns undefined if the case has no such file */
  readonly read: (file: string) => string | undefined;
  /** Compares with the file, or writes it; undefined means that there is none. */
  readonly check: (file: string, actual: string | undefined) => void;
}

export const goldenCases = (kind: string): GoldenCase[] =>
  readdirSync(join(root, kind), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const { name } = entry;
    const path = (file: string) => join(root, kind, name, file);
    const read = (file: string) => (existsSync(path(file)) ? decodeText(readFileSync(path(file))) : undefined);
    return [{ name, read, check: (file: string, actual: string | undefined) => checkFile(path(file), actual) }];
  });

/** Compares with a file that is made from something else, or writes it; undefined means that there is none. */
export const checkFile = (path: string, actual: string | undefined): void => {
  if (process.env["UPDATE_GOLDEN"]) {
    if (actual === undefined) rmSync(path, { force: true });
    else writeFileSync(path, actual);
    return;
  }
  const expected = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  assert.equal(actual, expected, `${path} differs; if that is right, run npm run golden`);
};
