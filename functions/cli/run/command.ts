// The command line of `job-executor run`.
import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { aboutEvents, addEventOptions, repeatable } from "../options.ts";
import type { RunOptions } from "./handler.ts";

export const addRun = (program: Command, { terminal, exit }: CliContext): void => {
  addEventOptions(program.command("run"))
    .description("run the tasks of a job config for an event on this machine, without a cluster or Keptn")
    .option("--config <file>", "the job config", "job/config.yaml")
    .option("--files <folder>", "folder with the tasks' files; default: the folder that contains job/config.yaml")
    .addOption(
      new Option("--runtime <name>", "what runs the tasks; auto: podman or docker if available, otherwise processes")
        .choices(["auto", "podman", "docker", "process"])
        .default("auto"),
    )
    .addOption(repeatable("--secret <name=file>", "values of a Secret, as lines of KEY=VALUE; may be repeated"))
    .addOption(repeatable("--config-map <name=file>", "values of a ConfigMap, in the same format"))
    .option("--verbose", "log every step of the run, line by line")
    .addHelpText("after", `${aboutEvents}${outcomes}`)
    .action(async (options: RunOptions) => {
      const { run } = await import("./handler.ts");
      exit(await run(options, terminal));
    });
};

const outcomes = `
The CloudEvents that Keptn would receive are printed to stdout, one JSON document per line; on a terminal, only their
types, unless --verbose is set. Everything else goes to stderr, on a terminal with a timeline of the tasks.
Exit codes: 0 the run passed, or no action matches the event; 1 it failed; 2 usage error, or invalid config or event;
3 a program or file on this machine failed; 130 interrupted.`;
