// The command line of `job-executor plan`.
import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { aboutEvents, addEventOptions } from "../options.ts";
import type { PlanOptions } from "./handler.ts";

export const addPlan = (program: Command, { terminal, exit }: CliContext): void => {
  addEventOptions(program.command("plan"))
    .description("show which actions an event starts and why, and the Jobs exactly as start-job creates them")
    .option("--config <file>", "the job config; - reads it from stdin", "job/config.yaml")
    .option("--settings <file>", "the operator's settings, as lines of NAME=VALUE; default: the settings' defaults")
    .addOption(
      new Option("--output <name>", "the Jobs as YAML or JSON, a summary, or a Mermaid flowchart")
        .choices(["yaml", "json", "summary", "mermaid"])
        .default("summary"),
    )
    .addHelpText("after", `${aboutEvents}${outcomes}`)
    .action(async (options: PlanOptions) => {
      const { plan } = await import("./handler.ts");
      exit(await plan(options, terminal));
    });
};

const outcomes = `
Exit codes: 0 it would run, or no action matches; 1 it would be refused; 2 usage error, invalid settings, or not a Keptn event.`;
