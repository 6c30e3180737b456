// Options that several commands share.
import { type Command, Option } from "commander";

/** Gathers the values of an option that may be repeated. */
export const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(gather).default([], "none");

/** They select an event: a file, or the name of a task. */
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
      repeatable("--set <path=value>", "set a value in the event, e.g. data.labels.build=17; may be repeated"),
    );

export const aboutEvents = `
Missing id, time and shkeptncontext are added. Keptn's {"events": […]} works if it contains one event. The value of --set is parsed
as JSON if possible (17, true, null, [1], '"17"' for a string), otherwise used as a string: --set 'data.deployment.deploymentNames[0]=carts'.`;
