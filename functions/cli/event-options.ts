// Where a command gets its event from: a file, or the name of a task.
import { type Command, Option } from "commander";

export interface EventOptions {
  readonly event?: string;
  readonly task?: string;
  readonly type?: string;
  readonly set: readonly string[];
}

export const addEventOptions = (command: Command): Command =>
  command
    .option("--event <file>", "the Keptn event, as JSON; - reads it from stdin")
    .addOption(
      new Option("--task <name>", "without --event: one that is made up, for this task to be triggered").conflicts(
        "type",
      ),
    )
    .option(
      "--type <type>",
      "without --event: one of this type that is made up; with it: the one of this type in a list",
    )
    .addOption(
      new Option("--set <path=value>", "a value of the event, e.g. data.labels.build=17; may be repeated")
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], "none"),
    );

export const aboutEvents = `
An event without id, time or shkeptncontext gets them; of Keptn's {"events": […]} the only one is taken. VALUE of --set is
JSON where it is (17, true, null, [1], '"17"' for a text), else the text: --set 'data.deployment.deploymentNames[0]=carts'.`;
