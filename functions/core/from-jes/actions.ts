// Which actions an event starts, in which order, and what Keptn hears of them.
import type { ActionOutline, EventOutline } from "../config/outline.ts";
import { matchesPattern, typeMeantBy } from "../config/pattern.ts";
import { quote } from "../config/scalars.ts";
import type { Warning } from "../config/warning.ts";
import { isAnswerable } from "../keptn-event.ts";
import { atFirst, nothingToDo } from "./places.ts";

export const explainActions = (actions: readonly ActionOutline[]): Warning[] => {
  const types = typesFor(actions);
  return [
    ...explainMatches(actions, types),
    ...explainSilence(actions, types.filter(isAnswerable)),
    ...explainAnswers(actions),
  ];
};

/** Of Keptn's own shipyards and services (go-utils, lib/v0_2_0). */
const usualTasks = [
  ...["deployment", "test", "evaluation", "get-sli", "release", "rollback"],
  ...["approval", "action", "get-action", "configure-monitoring"],
];

/** Types of events that the config may be for: those it names, and the usual ones for names with wildcards. */
const typesFor = (actions: readonly ActionOutline[]): string[] => {
  const named = actions.flatMap(({ events }) => events.flatMap(({ name }) => typeMeantBy(name) ?? []));
  return [...new Set([...named, ...usualTasks.map((task) => `sh.keptn.event.${task}.triggered`)])];
};

interface Matched {
  readonly action: ActionOutline;
  readonly index: number;
}

/** At most one note for each action, whatever the number of events that it shares with others. */
const explainMatches = (actions: readonly ActionOutline[], types: readonly string[]): Warning[] =>
  actions.flatMap((action, index) => {
    for (const type of types) {
      const before = actions
        .map((other, place) => ({ action: other, index: place }))
        .filter((other) => other.index < index && mayShareEvent(other.action, action, type));
      const answering = before.find((other) => !other.action.silent);
      if (answering) return [runsToo({ action, index }, answering, type)];
      const silent = before.at(-1);
      if (silent) return [runsAtOnce({ action, index }, silent)];
    }
    return [];
  });

const runsToo = ({ action, index }: Matched, first: Matched, type: string): Warning => ({
  code: "jes-every-action-runs",
  message: `JES ran only the action ${nameOf(first)} for ${type}. ${nameOf({ action, index })} runs too now, as a run of its own${action.silent ? "" : " that answers Keptn for itself"}.`,
  fix: "If it should not run, narrow its events down, or remove it.",
  path: ["actions", index],
});

const runsAtOnce = ({ action, index }: Matched, silent: Matched): Warning => ({
  code: "jes-silent-first",
  message: `JES ran ${nameOf({ action, index })} when the silent action ${nameOf(silent)} had ended. Both start at once now.`,
  fix: "If one has to wait for the other, make them tasks of one action.",
  path: ["actions", index],
});

/** May one event of this type start both? Not if all that they look for are different values at the same place. */
const mayShareEvent = (one: ActionOutline, other: ActionOutline, type: string): boolean =>
  filtersFor(one, type).some((a) => filtersFor(other, type).some((b) => !excludes(a, b)));

const filtersFor = ({ events }: ActionOutline, type: string): EventOutline[] =>
  events.filter(({ name }) => name !== "" && matchesPattern(name, type));

const excludes = (a: EventOutline, b: EventOutline): boolean =>
  a.property !== undefined && a.property === b.property && a.match !== b.match;

const explainSilence = (actions: readonly ActionOutline[], types: readonly string[]): Warning[] =>
  actions.flatMap((action, index) => {
    const isAlone = (type: string) =>
      filtersFor(action, type).length > 0 &&
      actions.every((other) => other.silent || !mayShareEvent(action, other, type));
    if (!action.silent || !types.some(isAlone)) return [];
    return [
      {
        code: "jes-silent-was-started",
        message: `For the silent action ${nameOf({ action, index })} JES sent \`.started\` and no \`.finished\`, so that Keptn's task never ended. Now it sends nothing.`,
        fix: "Somebody else has to answer the event; where nobody does, remove `silent`.",
        path: ["actions", index, "silent"],
      },
    ];
  });

const explainAnswers = (actions: readonly ActionOutline[]): Warning[] => {
  const answering = actions.map((action, index) => ({ action, index })).filter(({ action }) => !action.silent);
  const testing = answering.filter(({ action }) => filtersFor(action, "sh.keptn.event.test.triggered").length > 0);
  return [
    ...atFirst(answering, ({ index }) => ({
      code: "jes-failed-is-not-errored",
      message:
        "A task that ends badly by itself is `status: succeeded, result: fail`, with its output; to JES every failure was `errored`, and it kept the output to itself.",
      fix: "Nothing to do, unless something asks for the status: the sequence stops as before.",
      path: ["actions", index],
    })),
    ...atFirst(testing, ({ index }) => ({
      code: "jes-test-times",
      message:
        "`test.start` and `test.end`, between which Keptn evaluates, are the times of the containers; JES began to count before the image was there.",
      fix: nothingToDo,
      path: ["actions", index],
    })),
  ];
};

const nameOf = ({ action, index }: Matched): string => (action.name ? quote(action.name) : `number ${index + 1}`);
