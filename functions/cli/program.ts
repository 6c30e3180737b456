// The command line: every command with its options, built with commander.
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { addCheck } from "./check/command.ts";
import { addConnect, addDisconnect } from "./connect/command.ts";
import type { CliContext } from "./context.ts";
import { addLint } from "./lint/command.ts";
import { addMigrate } from "./migrate/command.ts";
import { addPlan } from "./plan/command.ts";
import { addRun } from "./run/command.ts";
import { addRuns } from "./runs/command.ts";
import { addSchema } from "./schema/command.ts";
import { addSource } from "./source/command.ts";

const commands = [
  ...[addRun, addRuns, addLint, addPlan, addSchema, addMigrate, addSource],
  ...[addConnect, addDisconnect, addCheck],
];

/** Throws commander's own error instead of ending the process. */
export const makeProgram = (context: CliContext): Command => {
  const program = new Command("job-executor")
    .description(
      "Runs any container as a Kubernetes Job when a Keptn event arrives. This command tests job configs, and inspects installations and runs.",
    )
    .version(manifest.version)
    .exitOverride();
  for (const add of commands) add(program, context);
  return program;
};
