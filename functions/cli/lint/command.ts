// The command line of `job-executor lint`.
import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import type { LintCommandOptions } from "./handler.ts";

export const addLint = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("lint")
    .description("says all that is wrong with job configs, each with its place and what to do; - reads stdin")
    .argument("[files...]", "job configs", ["job/config.yaml"])
    .option("--allow-privileged-jobs", "privileged tasks are allowed where this config will run", false)
    .option("--settings <file>", "the operator's settings where this config will run, as lines of NAME=VALUE")
    .option("--from-jes", "also notes what job-executor-service 0.3.0 refuses or runs differently, and why", false)
    .addOption(
      new Option("--format <name>", "lines for people, JSON for programs, or annotations for GitHub Actions")
        .choices(["text", "json", "github"])
        .default("text"),
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 no errors, perhaps warnings and notes; 1 errors; 2 wrong usage, a file that cannot be read.",
    )
    .action(async (files: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import("./handler.ts");
      exit(await lint(files, options, terminal));
    });
};
