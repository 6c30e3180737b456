// The command line of `job-executor migrate`.
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { MigrateOptions } from "./handler.ts";

export const addMigrate = (program: Command, { terminal, exit }: CliContext): void => {
  program
    .command("migrate")
    .description("convert the Helm values of job-executor-service 0.3.0 to a Kustomize overlay on our manifests")
    .requiredOption(
      "--values <file>",
      "the values file; - reads the output of `helm get values RELEASE -o yaml` from stdin",
    )
    .option(
      "--output <folder>",
      "folder for the overlay; by default it is printed, with paths relative to the current folder",
    )
    .option("--namespace <name>", "namespace of the functions and their Jobs; must not be JES's own", "job-executor")
    .option("--image <name>", "our image, in your registry")
    .option("--manifests <path>", "path or URL of our manifests in the overlay; default: those of this package")
    .addHelpText("after", outcomes)
    .action(async (options: MigrateOptions) => {
      const { migrate } = await import("./handler.ts");
      exit(await migrate(options, terminal));
    });
};

const outcomes = `
Remaining steps, differences and values without a counterpart are printed to stderr. No token or secret is written or shown.
Exit codes: 0 overlay created; 1 a value cannot be translated; 2 usage error.`;
