// The command line of `job-executor migrate`.
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { MigrateOptions } from "./handler.ts";

export const addMigrate = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("migrate")
    .description("turns the Helm values of job-executor-service 0.3.0 into a Kustomize overlay on our manifests")
    .requiredOption("--values <file>", "the values file; - reads what `helm get values RELEASE -o yaml` prints")
    .option("--output <folder>", "where the overlay goes; else it is printed, with paths from the current folder")
    .option("--namespace <name>", "where the functions and their Jobs run; not JES's own", "job-executor")
    .option("--image <name>", "our image, in a registry of yours")
    .option("--manifests <path>", "how the overlay names our manifests; by default those beside this command")
    .addHelpText("after", outcomes)
    .action(async (options: MigrateOptions) => {
      const { migrate } = await import("./handler.ts");
      exit(await migrate(options, terminal));
    });
};

const outcomes = `
What is to do, what changes and what has no counterpart goes to stderr. No token and no secret is written or shown.
Exit codes: 0 there is an overlay; 1 a value cannot be translated; 2 wrong usage.`;
