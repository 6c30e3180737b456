// Loads a bundle with the code cache from the build. Node's own compile cache contains only code compiled before the first line runs,
// a tenth of what a start compiles.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { recordCompiled } from "../functions/lib/host/v8-flags.ts";

/** @param name of the bundle, in the same folder */
export const loadProgram = (name: string): void => {
  const file = join(import.meta.dirname, `${name}.cjs`);
  const require = createRequire(file);
  // Node applies source maps only to scripts that it loads itself.
  if (process.sourceMapsEnabled) return void require(file);
  const script = compile(file);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, import.meta.dirname);
  if (process.env[recordCompiled]) process.once("exit", () => writeFileSync(`${file}.v8`, script.createCachedData()));
};

/** Another version of V8, or other flags, reject the cache (`cachedDataRejected`) and compile normally. */
export const compile = (file: string): Script => {
  const compiled = `${file}.v8`;
  const known = existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {};
  return new Script(wrap(readFileSync(file, "utf8")), { filename: file, ...known });
};

/** Node's wrapper of a CommonJS module. */
const wrap = (code: string): string => `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
