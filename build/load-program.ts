// Loads a bundle with what V8 compiled of it at the build. Node's own compile cache has only what is compiled before the first line
// runs, which is a tenth of what a start compiles.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { recordCompiled } from "../functions/io/v8-flags.ts";

/** @param name of the bundle, which is beside the one that this is a part of */
export const loadProgram = (name: string): void => {
  const file = join(import.meta.dirname, `${name}.cjs`);
  const require = createRequire(file);
  // Node maps the lines of scripts that it loads itself.
  if (process.sourceMapsEnabled) return void require(file);
  const script = compile(file);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, import.meta.dirname);
  if (process.env[recordCompiled]) process.once("exit", () => writeFileSync(`${file}.v8`, script.createCachedData()));
};

/** Another V8, or one with other flags, refuses what was compiled (`cachedDataRejected`) and compiles as it goes. */
export const compile = (file: string): Script => {
  const compiled = `${file}.v8`;
  const known = existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {};
  return new Script(wrap(readFileSync(file, "utf8")), { filename: file, ...known });
};

/** As Node wraps a CommonJS module. */
const wrap = (code: string): string => `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
