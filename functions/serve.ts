// Starts the program that FUNCTION names: what `npm start` and the image run. Each one is loaded alone.

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  "start-job": () => import("./start-job/main.ts"),
  "finish-task": () => import("./finish-task/main.ts"),
  "fetch-files": () => import("./fetch-files/main.ts"),
  "keptn-source": () => import("./keptn-source/main.ts"),
};

/**
 * Programs that run too shortly for optimised code, whose making costs some 20 MiB. Said before one is loaded: what V8 compiled at
 * the build (build/load-program.ts) is good for the flags that it had then.
 */
const shortLived = new Set(["fetch-files"]);

const start = async (name: string): Promise<void> => {
  const load = programs[name];
  if (shortLived.has(name)) optimiseNothing();
  if (load) return void (await load());
  process.stderr.write(`FUNCTION=${name} is none of ${Object.keys(programs).join(", ")}.\n`);
  process.exitCode = 2;
};

const optimiseNothing = (): void => {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  for (const flag of ["--no-opt", "--no-maglev"]) setFlagsFromString(flag);
};

void start(process.env["FUNCTION"] || "start-job");
