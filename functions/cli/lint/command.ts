// The command line of `job-executor lint`.
import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import type { LintCommandOptions } from "./handler.ts";

export const addLint = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("lint")
    .description("report every problem in job configs, with its location and a fix; - reads stdin")
    .argument("[files...]", "job configs", ["job/config.yaml"])
    .option("--allow-privileged-jobs", "privileged tasks are allowed in the target cluster", false)
    .option("--settings <file>", "the operator's settings of the target cluster, as lines of NAME=VALUE")
    .option("--from-jes", "also note what job-executor-service 0.3.0 refuses or runs differently, and why", false)
    .addOption(
      new Option("--format <name>", "text, JSON, or annotations for GitHub Actions")
        .choices(["text", "json", "github"])
        .default("text"),
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 no errors, possibly warnings and notes; 1 errors; 2 usage error, or a file cannot be read.",
    )
    .action(async (files: readonly string[], options: LintCommandOptions) => {
      const { lint } = await import("./handler.ts");
      exit(await lint(files, options, terminal));
    });
};
