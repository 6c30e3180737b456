// keptn-source as a process: runs until SIGTERM, and serves its status on its own port.
import { renderProblem, renderProblems } from "../lib/core/problem.ts";
import { parseSourceSettings } from "../lib/core/source/check-settings.ts";
import { IoError } from "../lib/io-error.ts";
import { jsonLog, logCrashes } from "../lib/process.ts";
import { startSource } from "./handler.ts";
import { makeSourcePorts } from "./index.ts";
import type { SourcePorts } from "./ports.ts";
import { returnMemory } from "./return-memory.ts";
import { startStatusServer } from "./status-server.ts";

/** Invalid settings, or settings that name missing files, end the process with exit code 2. */
const main = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const parsed = parseSourceSettings(env);
  if ("problems" in parsed) return refuse(renderProblems(parsed.problems));
  const log = jsonLog(parsed.settings.LOG_LEVEL);
  for (const warning of parsed.warnings) log({ level: "warn", message: renderProblem(warning) });
  try {
    await run(makeSourcePorts(parsed.settings, log), Number(env["PORT"] || 8080));
  } catch (fault) {
    if (!(fault instanceof IoError)) throw fault;
    refuse(fault.message);
  }
};

/** By then the first poll is done, and its memory and that of loading can be returned. */
const startedMs = 5_000;

const run = async (ports: SourcePorts, port: number): Promise<void> => {
  logCrashes(ports.log);
  const source = startSource(ports);
  await startStatusServer(port, source);
  setTimeout(returnMemory, startedMs).unref();
  const stop = async () => {
    await source.stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
  await source.ended;
};

const refuse = (message: string): void => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
};

void main(process.env);
