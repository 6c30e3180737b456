// Loads a bundle with what V8 compiled of it at the build. Node's own compile cache has only what is compiled before the first line
// runs, which is a tenth of what a start compiles.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";

/** A process with this in its environment leaves what it compiled, when it ends, for the processes to come. */
export const recordCompiled = "RECORD_COMPILED";

/** @param name of the bundle, which is beside the one that this is a part of */
export const loadProgram = (name: string): void => {
  const file = join(import.meta.dirname, `${name}.cjs`);
  const require = createRequire(file);
  // Node maps the lines of scripts that it loads itself.
  if (process.sourceMapsEnabled) return void require(file);
  const compiled = `${file}.v8`;
  const script = new Script(wrap(readFileSync(file, "utf8")), {
    filename: file,
    // Another V8, or other flags, refuse it and compile as they go.
    ...(existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {}),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, import.meta.dirname);
  if (process.env[recordCompiled]) process.once("exit", () => writeFileSync(compiled, script.createCachedData()));
};

/** As Node wraps a CommonJS module. */
const wrap = (code: string): string => `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
