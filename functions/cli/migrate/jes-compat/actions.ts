// Notes on which actions an event starts, in which order, and what is sent to Keptn.
import type { ActionOutline, EventOutline } from "../../../lib/core/config/outline.ts";
import { matcherOf, typeMeantBy } from "../../../lib/core/config/pattern.ts";
import { expectsFinished } from "../../../lib/core/event/keptn-event.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { atFirst, type Note } from "./places.ts";

export const explainActions = (actions: readonly ActionOutline[]): Note[] => {
  const starts = startsOf(actions);
  return [...explainMatches(starts), ...explainSilence(actions, starts), ...explainAnswers(actions, starts)];
};

/** Tasks of Keptn's own shipyards and services (go-utils, lib/v0_2_0). */
const usualTasks = [
  ...["deployment", "test", "evaluation", "get-sli", "release", "rollback"],
  ...["approval", "action", "get-action", "configure-monitoring"],
];

/** Event types that the config may match: those it names, and the usual ones for names with wildcards. */
const typesFor = (actions: readonly ActionOutline[]): string[] => {
  const named = actions.flatMap(({ events }) => events.flatMap(({ name }) => typeMeantBy(name) ?? []));
  return [...new Set([...named, ...usualTasks.map((task) => `sh.keptn.event.${task}.triggered`)])];
};

interface Placed {
  readonly action: ActionOutline;
  readonly index: number;
}

interface Started extends Placed {
  /** Its events that match. */
  readonly filters: readonly EventOutline[];
}

/** The actions that each type may start, in the order of the config. */
type Starts = ReadonlyMap<string, readonly Started[]>;

const startsOf = (actions: readonly ActionOutline[]): Starts => {
  const names = actions.flatMap(({ events }) => events.map(({ name }) => name)).filter((name) => name !== "");
  const matchers = new Map([...new Set(names)].map((name) => [name, matcherOf(name)]));
  const startsAt = (type: string): Started[] =>
    actions.flatMap((action, index) => {
      const filters = action.events.filter(({ name }) => matchers.get(name)?.(type));
      return filters.length > 0 ? [{ action, index, filters }] : [];
    });
  return new Map(typesFor(actions).map((type) => [type, startsAt(type)]));
};

/** At most one note per action, even if it shares several events with others. */
const explainMatches = (starts: Starts): Note[] => {
  const notes = new Map<number, Note>();
  for (const [type, started] of starts) {
    for (const [place, one] of started.entries()) {
      if (notes.has(one.index)) continue;
      const isBefore = (other: Started, at: number) => at < place && mayShareEvent(other, one);
      const answering = started.find((other, at) => !other.action.silent && isBefore(other, at));
      const silent = answering ? undefined : started.findLast(isBefore);
      if (answering) notes.set(one.index, runsToo(one, answering, type));
      if (silent) notes.set(one.index, runsAtOnce(one, silent));
    }
  }
  return [...notes.values()];
};

const runsToo = (one: Placed, first: Placed, type: string): Note => ({
  code: "jes-every-action-runs",
  message: `JES ran only the action ${nameOf(first)} for ${type}. Now ${nameOf(one)} runs too, as a separate run${one.action.silent ? "" : " with its own answer to Keptn"}.`,
  fix: "If it should not run, restrict its events, or remove it.",
  path: ["actions", one.index],
});

const runsAtOnce = (one: Placed, silent: Placed): Note => ({
  code: "jes-silent-first",
  message: `JES ran ${nameOf(one)} after the silent action ${nameOf(silent)} had ended. Now both start at once.`,
  fix: "If one must wait for the other, make them tasks of one action.",
  path: ["actions", one.index],
});

/** Whether one event may start both: not if they require different values of the same property. */
const mayShareEvent = (one: Started, other: Started): boolean =>
  one.filters.some((a) => other.filters.some((b) => !excludes(a, b)));

const excludes = (a: EventOutline, b: EventOutline): boolean =>
  a.property !== undefined && a.property === b.property && a.match !== b.match;

const explainSilence = (actions: readonly ActionOutline[], starts: Starts): Note[] =>
  actions.flatMap((action, index) => {
    const isAlone = ([type, started]: readonly [string, readonly Started[]]): boolean => {
      const own = started.find((one) => one.index === index);
      return (
        own !== undefined &&
        expectsFinished(type) &&
        started.every((other) => other.action.silent || !mayShareEvent(own, other))
      );
    };
    if (!action.silent || ![...starts].some(isAlone)) return [];
    return [
      {
        code: "jes-silent-was-started",
        message: `For the silent action ${nameOf({ action, index })} JES sent \`.started\` but no \`.finished\`, so Keptn's task never ended. Now nothing is sent.`,
        fix: "Another service must answer the event; if none does, remove `silent`.",
        path: ["actions", index, "silent"],
      },
    ];
  });

const explainAnswers = (actions: readonly ActionOutline[], starts: Starts): Note[] => {
  const answers = ({ action }: Placed) => !action.silent;
  const answering = actions.map((action, index) => ({ action, index })).filter(answers);
  const testing = (starts.get("sh.keptn.event.test.triggered") ?? []).filter(answers);
  return [
    ...atFirst(answering, ({ index }) => ({
      code: "jes-failed-is-not-errored",
      message:
        "A task that fails by itself is reported as `status: succeeded, result: fail`, with its output. JES reported every failure as `errored`, without the output.",
      fix: "Nothing to do, unless something evaluates the status: the sequence stops as before.",
      path: ["actions", index],
    })),
    ...atFirst(testing, ({ index }) => ({
      code: "jes-test-times",
      message:
        "`test.start` and `test.end`, between which Keptn evaluates, are now the start and end of the containers; in JES, `test.start` was before the image pull.",
      path: ["actions", index],
    })),
  ];
};

const nameOf = ({ action, index }: Placed): string => (action.name ? quote(action.name) : `number ${index + 1}`);
