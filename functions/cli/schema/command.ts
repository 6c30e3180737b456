// The command line of `job-executor schema`, and its implementation.
import type { Command } from "commander";
import type { CliContext } from "../context.ts";

export const addSchema = (program: Command, { terminal }: CliContext): void => {
  program
    .command("schema")
    .description("print the JSON Schema of job/config.yaml, for editors")
    .action(async () => {
      const { makeJsonSchema } = await import("../../lib/core/config/json-schema.ts");
      terminal.print(JSON.stringify(makeJsonSchema(), undefined, 2));
    });
};
