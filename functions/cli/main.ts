// job-executor, the command line tool: tests job configs, and inspects installations and runs.
import module from "node:module";
import { CommanderError } from "commander";
import { type ExitCode, exitCode } from "./exit-codes.ts";
import { renderFault } from "./fault.ts";
import { makeProgram } from "./program.ts";
import { processTerminal } from "./terminal.ts";

// Caches compiled modules in Node's folder below the system's temporary one. Node 20 has no compile cache.
module.enableCompileCache?.();

const terminal = processTerminal();

/** All errors end here. */
const main = async (): Promise<ExitCode> => {
  let code: ExitCode = exitCode.ok;
  try {
    await makeProgram({ terminal, exit: (given) => (code = given) }).parseAsync();
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCode.ok : exitCode.usage;
    const fault = renderFault(thrown);
    terminal.say(fault.text);
    return fault.exitCode;
  }
};

// The reader may close the pipe early (`job-executor ... | head -1`); the command still finishes.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
process.exitCode = await main();
