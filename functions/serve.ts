// Starts the program that FUNCTION names: what `npm start` and the image run. Each one is loaded alone.

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  "start-job": () => import("./start-job/main.ts"),
  "finish-task": () => import("./finish-task/main.ts"),
  "fetch-files": () => import("./fetch-files/main.ts"),
  "keptn-source": () => import("./keptn-source/main.ts"),
};

const start = async (name: string): Promise<void> => {
  const load = programs[name];
  if (load) return void (await load());
  process.stderr.write(`FUNCTION=${name} is none of ${Object.keys(programs).join(", ")}.\n`);
  process.exitCode = 2;
};

void start(process.env["FUNCTION"] || "start-job");
