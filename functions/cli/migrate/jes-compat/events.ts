// Notes on event filters: patterns and values that JES never matched, and events that it never received.
import type { ActionOutline, EventOutline } from "../../../lib/core/config/outline.ts";
import { isBrokenPattern, typeMeantBy } from "../../../lib/core/config/pattern.ts";
import { expectsFinished } from "../../../lib/core/event/keptn-event.ts";
import type { Path } from "../../../lib/core/yaml/path.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { envelopeFieldOf } from "./envelope.ts";
import type { Note } from "./places.ts";

export const explainEvents = (actions: readonly ActionOutline[]): Note[] =>
  actions.flatMap(({ events }, action) =>
    events.flatMap((event, index) => {
      const path = ["actions", action, "events", index];
      return [...explainName(event, path), ...explainSight(event, path), ...explainMatch(event, path)];
    }),
  );

const explainName = ({ name }: EventOutline, path: Path): Note[] => {
  if (name === "") {
    const message = "In JES, an event without a name matched every event; here it is an error.";
    return [{ code: "jes-no-name-was-every", message, fix: "Name the events.", path }];
  }
  if (!isBrokenPattern(name)) return [];
  const message = `In JES, ${quote(name)} matched nothing, without a message; here it is an error.`;
  return [{ code: "jes-broken-name", message, fix: "Fix it, or remove the event.", path: [...path, "name"] }];
};

/** JES asked Keptn for open events of exact types, and the go-sdk dropped events that are not tasks. */
const explainSight = ({ name }: EventOutline, path: Path): Note[] => {
  const type = typeMeantBy(name);
  const isUnanswered = type ? !expectsFinished(type) : /\.(started|finished|invalidated|changed)\$?$/.test(name);
  if (!isUnanswered && type !== "sh.keptn.event.get-sli.triggered") return [];
  const how = isUnanswered
    ? "If we subscribe to it over NATS, the action runs, without an answer to Keptn"
    : "Now it arrives";
  const message = `JES never received ${quote(name)}: it only asked Keptn for open tasks. ${how}.`;
  const fix = "If the action should not run, remove the event.";
  return [{ code: "jes-never-saw", message, fix, path: [...path, "name"] }];
};

const explainMatch = ({ property, match = "" }: EventOutline, path: Path): Note[] => {
  if (property === undefined) return [];
  const field = envelopeFieldOf(property);
  const at = [...path, "jsonpath", field ? "property" : "match"];
  if (field) {
    const message = `JES could not compare ${property}, so the event never matched. Now it can.`;
    return [{ code: "jes-envelope-fits", message, fix: "If the action should not run, remove the event.", path: at }];
  }
  if (!/^(-?\d+(\.\d+)?|true|false)$/.test(match)) return [];
  const message = `\`match: ${match}\` now also matches the ${/^\d|^-/.test(match) ? "number" : "boolean"} ${match}; JES only matched text.`;
  return [{ code: "jes-number-fits", message, fix: "If the action should not run then, remove the event.", path: at }];
};
