// Starts the program that FUNCTION names; `npm start` and the image run this. Only that program is loaded.

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  "start-job": () => import("./start-job/main.ts"),
  "finish-task": () => import("./finish-task/main.ts"),
  "fetch-files": () => import("./fetch-files/main.ts"),
  "keptn-source": () => import("./keptn-source/main.ts"),
};

const start = async (name: string): Promise<void> => {
  const load = programs[name];
  if (load) return void (await load());
  process.stderr.write(`FUNCTION=${name} is invalid. Set it to one of ${Object.keys(programs).join(", ")}.\n`);
  process.exitCode = 2;
};

void start(process.env["FUNCTION"] || "start-job");
