#!/usr/bin/env node
// job-executor, the command: tries, checks and watches what the functions do.
import { enableCompileCache } from "node:module";
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { CliContext } from "./context.ts";
import { type ExitCode, exitCode } from "./exit-codes.ts";
import { renderFault } from "./fault.ts";
import { addLint } from "./lint/command.ts";
import { addPlan } from "./plan/command.ts";
import { addRun } from "./run/command.ts";
import { addRuns } from "./runs/command.ts";
import { addSchema } from "./schema/command.ts";
import { processTerminal } from "./terminal.ts";

// What a command loads is compiled once, not each time (Node's own folder for that, below the system's temporary one).
enableCompileCache();

const terminal = processTerminal();

/** The one place where anything that was thrown ends. */
const main = async (): Promise<ExitCode> => {
  let code: ExitCode = exitCode.ok;
  const program = new Command("job-executor")
    .description("Runs any container as a Kubernetes Job when a Keptn event arrives. This is its command for people.")
    .version(manifest.version)
    .exitOverride();
  const context: CliContext = { terminal, exit: (given) => (code = given) };
  for (const add of [addRun, addRuns, addLint, addPlan, addSchema]) add(program, context);
  try {
    await program.parseAsync();
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
