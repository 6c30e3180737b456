// The command line of `job-executor run`.
import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { aboutEvents, addEventOptions } from "../event-options.ts";
import type { RunOptions } from "./handler.ts";

export const addRun = (program: Command, { terminal, exit }: CliContext): void => {
  addEventOptions(program.command("run"))
    .description("runs the tasks of a job config for an event on this machine: no cluster, no Keptn")
    .option("--config <file>", "the job config", "job/config.yaml")
    .option("--files <folder>", "where the tasks' files are; by default the folder that holds job/config.yaml")
    .addOption(
      new Option("--runtime <name>", "what runs the tasks; auto takes podman or docker if it answers, else processes")
        .choices(["auto", "podman", "docker", "process"])
        .default("auto"),
    )
    .addOption(
      new Option("--secret <name=file>", "values of a Secret, as lines of KEY=VALUE; may be repeated")
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(
      new Option("--config-map <name=file>", "values of a ConfigMap, in the same way")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--verbose", "says every step of the run, line by line")
    .addHelpText("after", `${aboutEvents}${outcomes}`)
    .action(async (options: RunOptions) => {
      const { run } = await import("./handler.ts");
      exit(await run(options, terminal));
    });
};

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

const outcomes = `
The CloudEvents that Keptn would get go to stdout, one JSON document per line (where stdout is a terminal, only their
types; --verbose shows them whole); everything else goes to stderr, to a terminal with a timeline of the tasks.
Exit codes: 0 the run passed, or no action matches the event; 1 it failed; 2 wrong usage, a broken config or event;
3 something on this machine does not play along; 130 it was interrupted.`;
