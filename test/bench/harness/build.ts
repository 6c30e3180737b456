// Makes what a bench measures: the bundles as they are shipped, and the programs they are held against.
import { globSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundle } from "../../../build/bundle.ts";
import { fillCompileCache } from "../../../build/compile-cache.ts";

/** @param folder gets `dist` and `programs` */
export const buildAll = async (folder: string): Promise<{ readonly dist: string; readonly programs: string }> => {
  const [dist, programs] = [join(folder, "dist"), join(folder, "programs")];
  await bundle(dist);
  await fillCompileCache(dist);
  await build({
    entryPoints: globSync("test/bench/programs/bare-*.ts"),
    outdir: programs,
    outExtension: { ".js": ".cjs" },
    ...{ bundle: true, platform: "node", format: "cjs", minify: true, logLevel: "warning" },
  });
  return { dist, programs };
};
