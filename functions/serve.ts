// Starts the program that FUNCTION names: what `npm start` and the image run. Each one is loaded alone.

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  "start-job": () => import("./start-job/main.ts"),
  "finish-task": () => import("./finish-task/main.ts"),
  "fetch-files": () => import("./fetch-files/main.ts"),
  "keptn-source": () => import("./keptn-source/main.ts"),
};

/** Optimises nothing: of what runs too shortly, making optimised code costs some 20 MiB for nothing. */
const shortLived = ["--no-opt", "--no-maglev"];
/** Optimises small functions, one by one: what is gained by large ones costs 30 MiB, and one event needs 1 ms as it is. */
const small = ["--no-maglev", "--max-optimized-bytecode-size=800", "--max-inlined-bytecode-size-cumulative=200"];

/**
 * V8's flags. Said before a program is loaded: what V8 compiled at the build (build/load-program.ts) is good for the flags that it
 * had then.
 */
const flags: Readonly<Record<string, readonly string[]>> = {
  "fetch-files": shortLived,
  "start-job": small,
  "finish-task": small,
};

const start = async (name: string): Promise<void> => {
  const load = programs[name];
  for (const flag of flags[name] ?? []) process.getBuiltinModule("node:v8").setFlagsFromString(flag);
  if (load) return void (await load());
  process.stderr.write(`FUNCTION=${name} is none of ${Object.keys(programs).join(", ")}.\n`);
  process.exitCode = 2;
};

void start(process.env["FUNCTION"] || "start-job");
