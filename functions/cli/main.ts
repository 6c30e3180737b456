// job-executor, the command: tries, checks and watches what the functions do.
import module from "node:module";
import { CommanderError } from "commander";
import { type ExitCode, exitCode } from "./exit-codes.ts";
import { renderFault } from "./fault.ts";
import { makeProgram } from "./program.ts";
import { processTerminal } from "./terminal.ts";

// What a command loads is compiled once, not each time (Node's own folder for that, below the system's temporary one; Node 20 has none).
module.enableCompileCache?.();

const terminal = processTerminal();

/** The one place where anything that was thrown ends. */
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

// Whoever reads us may have heard enough (`job-executor ... | head -1`); what was begun is brought to its end all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
process.exitCode = await main();
