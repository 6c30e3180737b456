// fetch-files, the init container: fetches the files of FETCH_ORDER into /keptn, or into the folder given as argument.
import { filesFolder } from "../lib/core/files/fetch-order.ts";
import { renderProblems } from "../lib/core/problem.ts";
import { parseKeptnSettings } from "../lib/core/settings/keptn-settings.ts";
import { openTargetFolder } from "../lib/disk/target-folder.ts";
import { writeTerminationMessage } from "../lib/disk/termination-message.ts";
import { makeOptimise, optimiseNothing } from "../lib/host/v8-flags.ts";
import { connectKeptnFiles, type KeptnFiles } from "../lib/keptn/files.ts";
import { exitCodes, type FetchResult, fetchFiles } from "./handler.ts";

const run = async (env: NodeJS.ProcessEnv, folder: string): Promise<FetchResult> => {
  const parsed = parseKeptnSettings(env);
  if ("problems" in parsed) return { exitCode: exitCodes.badOrder, message: renderProblems(parsed.problems) };
  const { settings } = parsed;
  return fetchFiles(env["FETCH_ORDER"], {
    connect: (order) => keepSmall(connectKeptnFiles(settings, order)),
    openTarget: ({ executable }) => openTargetFolder(folder, executable),
    log: (line) => process.stdout.write(`${line}\n`),
  });
};

/** By the first file, Keptn has answered and all modules are loaded. */
const keepSmall = (keptn: KeptnFiles): KeptnFiles => {
  const optimise = makeOptimise(optimiseNothing);
  return {
    ...keptn,
    openFile: (...given) => {
      optimise();
      return keptn.openFile(...given);
    },
  };
};

const explainBug = (error: unknown): FetchResult => ({
  exitCode: exitCodes.bug,
  message: `fetch-files: internal error (a bug): ${error instanceof Error ? error.stack : error}`,
});

const main = async (): Promise<void> => {
  const { exitCode, message } = await run(process.env, process.argv[2] ?? filesFolder).catch(explainBug);
  if (message) {
    process.stderr.write(`${message}\n`);
    await writeTerminationMessage(message);
  }
  process.exit(exitCode);
};

// Process 1 of a container ignores SIGTERM unless it has a handler.
process.once("SIGTERM", () => process.exit(143));
void main();
