// The event that a command was given, or one that is made up.

import { quote } from "../core/config/scalars.ts";
import { completeEvent, eventsIn, makeEventOfType, typeOfTask } from "../core/event-form.ts";
import { type KeptnEvent, parseKeptnEvent } from "../core/keptn-event.ts";
import { renderProblems } from "../core/problem.ts";
import { assign, parseAssignment } from "../core/set-value.ts";
import type { EventOptions } from "./event-options.ts";
import { usageError } from "./fault.ts";
import { readInput, readJson } from "./input.ts";
import type { Terminal } from "./terminal.ts";

/** @throws an error of wrong usage, as all of these do */
export const readEvent = async (options: EventOptions, terminal: Terminal): Promise<KeptnEvent> => {
  const type = typeOf(options);
  const name = options.event ?? "The event";
  const given = options.event === undefined ? makeOf(type) : await readFile(options.event, type);
  const { event, made } = completeEvent(withValues(given, options.set), terminal.now().toISOString());
  const parsed = toEvent(event, name);
  if (options.event === undefined) sayMade(parsed, terminal);
  else if (made.length > 0) terminal.say(`${name} has no ${made.join(", no ")}: made up here, as Keptn does.`);
  return parsed;
};

const typeOf = ({ task, type }: EventOptions): string | undefined => {
  if (task === undefined) return type;
  const made = typeOfTask(task);
  if (made) return made;
  throw usageError(`--task ${quote(task)} is no name of a task; --type takes a whole type.`);
};

const makeOf = (type: string | undefined) => {
  if (type !== undefined) return makeEventOfType(type);
  throw usageError("Say which event: --event FILE, or --task NAME for one that is made up.");
};

const sayMade = ({ type, data }: KeptnEvent, terminal: Terminal): void =>
  terminal.say(
    `The event is made up: ${type} of project ${data.project}, stage ${data.stage}, service ${data.service}. --set gives it other values.`,
  );

const readFile = async (file: string, type: string | undefined): Promise<unknown> => {
  const all = eventsIn(readJson(await readInput(file, "event"), file));
  const fitting = type === undefined ? all : all.filter((event) => typeIn(event) === type);
  if (fitting.length === 1) return fitting[0];
  const which = type === undefined ? "" : ` of type ${type}`;
  if (fitting.length === 0) throw usageError(`${file} has no event${which}.`);
  const listed = fitting.slice(0, 10).map((event, index) => `  ${index + 1}. ${typeIn(event)}, id ${idIn(event)}`);
  const choice = type === undefined ? "Choose one with --type, or write" : "Write";
  throw usageError(
    [`${file} has ${fitting.length} events${which}. ${choice} one of them into a file of its own:`, ...listed].join(
      "\n",
    ),
  );
};

const fieldIn = (name: string) => (event: unknown) => (event as Record<string, unknown> | null)?.[name];
const [typeIn, idIn] = [fieldIn("type"), fieldIn("id")];

const withValues = (event: unknown, given: readonly string[]): unknown =>
  given.reduce((document, text) => {
    const assignment = parseAssignment(text);
    if (!assignment) throw usageError(`--set ${text} is no PATH=VALUE, for example data.labels.build=17.`);
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
      throw usageError(`${name} is not an event of Keptn:\n${renderProblems(parsed.problems)}\n${howToSet}`);
    case "not-keptn":
      throw usageError(`${name} is no event that starts anything: ${parsed.why}.`);
    case "thin":
      throw usageError(
        `${name} has only the ids of an event, and there is no Keptn here that could be asked for it. ${howToSet}`,
      );
  }
};

const howToSet = "What is missing can be given, for example with --set data.stage=dev.";
