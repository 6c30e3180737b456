// `npm run build`: one file per program in dist/, and a code cache that lets V8 start them without compiling.
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { fillCompileCache } from "./compile-cache.ts";
import { leaveOutOf } from "./left-out.ts";
import { chooser, programNames, programs } from "./programs.ts";

const options: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  minifySyntax: true,
  minifyWhitespace: true,
  // so that Node can show the failing line
  lineLimit: 200,
  // faas-js-runtime 4.0.1 assigns to this undeclared name (lib/metrics.js), which strict mode forbids.
  banner: { js: "var osu;" },
  legalComments: "linked",
  // Next to the bundles; Node reads them for stack traces only with --enable-source-maps.
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
  define: { "import.meta.dirname": "__dirname", "performance.now": "monotonicMs" },
  inject: ["build/monotonic.ts"],
};

/** `import("./start-job/main.ts")` loads ./start-job.cjs, because each program is a separate bundle. */
const programsApart: Plugin = {
  name: "programs-apart",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/main\.ts$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: basename(join(path, "..")), namespace: "program" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "program" }, ({ path }) => ({
      contents: `import { loadProgram } from "./load-program.ts"; loadProgram(${JSON.stringify(path)});`,
      resolveDir: import.meta.dirname,
    }));
  },
};

/** Bundles the command with a chunk for each subcommand, so that each loads only what it needs. @returns its contents */
export const bundleCli = async (folder: string): Promise<Metafile> => {
  const { metafile } = await build({
    ...options,
    entryPoints: ["functions/cli/main.ts", "functions/cli/older-node.ts"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    ...{ define: {}, inject: [] }, // ES modules know their own folder
    sourcemap: false,
    plugins: [leaveOutOf("cli")],
    metafile: true,
  });
  return metafile;
};

/** Options of a program's release bundle. */
const optionsOf = (name: keyof typeof programs): BuildOptions => ({
  ...options,
  entryPoints: [programs[name]],
  outfile: `${name}.cjs`,
  plugins: [leaveOutOf(name)],
});

/** Contents and size of a program's bundle, without writing it. */
export const describeBundle = async (name: keyof typeof programs): Promise<{ meta: Metafile; bytes: number }> => {
  const { metafile, outputFiles } = await build({ ...optionsOf(name), write: false, metafile: true, sourcemap: false });
  const code = outputFiles.find(({ path }) => path.endsWith(".cjs"));
  return { meta: metafile, bytes: code?.contents.length ?? 0 };
};

/** @param folder for the bundles; its previous contents are deleted @returns the contents of each bundle */
export const bundle = async (folder: string): Promise<Metafile[]> => {
  await rm(folder, { recursive: true, force: true });
  const apart = { ...options, entryPoints: [chooser], outfile: join(folder, "serve.cjs"), plugins: [programsApart] };
  const ofPrograms = programNames.map((name) => ({ ...optionsOf(name), outfile: join(folder, `${name}.cjs`) }));
  const built = await Promise.all([apart, ...ofPrograms].map((one) => build({ ...one, metafile: true })));
  return built.map(({ metafile }) => metafile);
};

if (import.meta.main) {
  const metafiles = await bundle("dist");
  const { writeSbom } = await import("./sbom.ts");
  writeSbom("dist", metafiles);
  await fillCompileCache("dist");
}
