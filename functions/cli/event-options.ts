// Options that select an event: a file, or the name of a task.
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
      new Option("--task <name>", "without --event: generate an event that triggers this task").conflicts("type"),
    )
    .option("--type <type>", "without --event: generate an event of this type; with --event: select it from a list")
    .addOption(
      new Option("--set <path=value>", "set a value in the event, e.g. data.labels.build=17; may be repeated")
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], "none"),
    );

export const aboutEvents = `
Missing id, time and shkeptncontext are added. Keptn's {"events": […]} works if it contains one event. The value of --set is parsed
as JSON if possible (17, true, null, [1], '"17"' for a string), otherwise used as a string: --set 'data.deployment.deploymentNames[0]=carts'.`;
