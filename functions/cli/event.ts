// The event of a command, read from a file or generated.
import { completeEvent, eventsIn, makeEventOfType, typeOfTask } from "../lib/core/event/event-form.ts";
import { type KeptnEvent, parseKeptnEvent } from "../lib/core/event/keptn-event.ts";
import { assign, parseAssignment } from "../lib/core/event/set-value.ts";
import { renderProblems } from "../lib/core/problem.ts";
import { quote } from "../lib/core/yaml/scalars.ts";
import { usageError } from "./fault.ts";
import { readInput, readJson } from "./input.ts";
import type { EventOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** @throws a usage error, like every function here */
export const readEvent = async (options: EventOptions, terminal: Terminal): Promise<KeptnEvent> => {
  const type = typeOf(options);
  const name = options.event ?? "The event";
  const given = options.event === undefined ? makeOf(type) : await readFile(options.event, type);
  const { event, made } = completeEvent(withValues(given, options.set), terminal.now().toISOString());
  const parsed = toEvent(event, name);
  if (options.event === undefined) sayMade(parsed, terminal);
  else if (made.length > 0) terminal.say(`${name} has no ${made.join(", no ")}: added here, as Keptn does.`);
  return parsed;
};

const typeOf = ({ task, type }: EventOptions): string | undefined => {
  if (task === undefined) return type;
  const made = typeOfTask(task);
  if (made) return made;
  throw usageError(`--task ${quote(task)} is not a task name. To pass a full event type, use --type.`);
};

const makeOf = (type: string | undefined) => {
  if (type !== undefined) return makeEventOfType(type);
  throw usageError("No event given: pass --event FILE, or --task NAME to generate one.");
};

const sayMade = ({ type, data }: KeptnEvent, terminal: Terminal): void =>
  terminal.say(
    `Generated event: ${type} for project ${data.project}, stage ${data.stage}, service ${data.service}. Change its values with --set.`,
  );

const readFile = async (file: string, type: string | undefined): Promise<unknown> => {
  const all = eventsIn(readJson(await readInput(file, "event"), file));
  const fitting = type === undefined ? all : all.filter((event) => typeIn(event) === type);
  if (fitting.length === 1) return fitting[0];
  const which = type === undefined ? "" : ` of type ${type}`;
  if (fitting.length === 0) throw usageError(`${file} has no event${which}.`);
  const listed = fitting.slice(0, 10).map((event, index) => `  ${index + 1}. ${typeIn(event)}, id ${idIn(event)}`);
  const choice = type === undefined ? "Select one with --type, or save" : "Save";
  throw usageError(
    [`${file} has ${fitting.length} events${which}. ${choice} one of them in a separate file:`, ...listed].join("\n"),
  );
};

const fieldIn = (name: string) => (event: unknown) => (event as Record<string, unknown> | null)?.[name];
const [typeIn, idIn] = [fieldIn("type"), fieldIn("id")];

const withValues = (event: unknown, given: readonly string[]): unknown =>
  given.reduce((document, text) => {
    const assignment = parseAssignment(text);
    if (!assignment) throw usageError(`--set ${text} is not PATH=VALUE, for example data.labels.build=17.`);
    const assigned = assign(document, assignment);
    if ("why" in assigned) throw usageError(`--set ${text}: ${assigned.why}.`);
    return assigned.document;
  }, event);

const toEvent = (event: unknown, name: string): KeptnEvent => {
  const parsed = parseKeptnEvent(event);
  switch (parsed.kind) {
    case "event":
      return parsed.event;
    case "malformed":
      throw usageError(`${name} is not a valid Keptn event:\n${renderProblems(parsed.problems)}\n${howToSet}`);
    case "not-keptn":
      throw usageError(`${name} does not start anything: ${parsed.why}.`);
    case "thin":
      throw usageError(
        `${name} is a thin event with only ids, and there is no Keptn here to read the full event from. ${howToSet}`,
      );
  }
};

const howToSet = "Add missing values with --set, for example --set data.stage=dev.";
