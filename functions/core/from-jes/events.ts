// Which events fit: patterns and values that JES never matched, and events that it never saw.
import type { ActionOutline, EventOutline } from "../config/outline.ts";
import { isBrokenPattern, typeMeantBy } from "../config/pattern.ts";
import { quote } from "../config/scalars.ts";
import type { Warning } from "../config/warning.ts";
import type { Path } from "../config/yaml-tree.ts";
import { isAnswerable } from "../keptn-event.ts";
import { envelopeFieldOf } from "./envelope.ts";

export const explainEvents = (actions: readonly ActionOutline[]): Warning[] =>
  actions.flatMap(({ events }, action) =>
    events.flatMap((event, index) => {
      const path = ["actions", action, "events", index];
      return [...explainName(event, path), ...explainSight(event, path), ...explainMatch(event, path)];
    }),
  );

const explainName = ({ name }: EventOutline, path: Path): Warning[] => {
  if (name === "") {
    const message = "JES took an event without a name for every event; here it is a mistake.";
    return [{ code: "jes-no-name-was-every", message, fix: "Name the events that are meant.", path }];
  }
  if (!isBrokenPattern(name)) return [];
  const message = `To JES ${quote(name)} fitted nothing, without a word; here it is a mistake.`;
  return [{ code: "jes-broken-name", message, fix: "Mend it, or remove the event.", path: [...path, "name"] }];
};

/** JES asked Keptn for open events of exact types, and the go-sdk dropped all that are no task's. */
const explainSight = ({ name }: EventOutline, path: Path): Warning[] => {
  const type = typeMeantBy(name);
  const isUnanswered = type ? !isAnswerable(type) : /\.(started|finished|invalidated|changed)\$?$/.test(name);
  if (!isUnanswered && type !== "sh.keptn.event.get-sli.triggered") return [];
  const how = isUnanswered
    ? "Subscribed to it over NATS, we run the action; Keptn gets no answer to it"
    : "It comes now";
  const message = `JES never saw ${quote(name)}: it asked Keptn for open tasks only. ${how}.`;
  const fix = "If the action should not run, remove the event.";
  return [{ code: "jes-never-saw", message, fix, path: [...path, "name"] }];
};

const explainMatch = ({ property, match = "" }: EventOutline, path: Path): Warning[] => {
  if (property === undefined) return [];
  const field = envelopeFieldOf(property);
  const at = [...path, "jsonpath", field ? "property" : "match"];
  if (field) {
    const message = `JES could not compare ${property}, so that the event never fitted. It does now.`;
    return [{ code: "jes-envelope-fits", message, fix: "If the action should not run, remove the event.", path: at }];
  }
  if (!/^(-?\d+(\.\d+)?|true|false)$/.test(match)) return [];
  const message = `\`match: ${match}\` also fits the ${/^\d|^-/.test(match) ? "number" : "boolean"} ${match} now; to JES only texts were alike.`;
  return [{ code: "jes-number-fits", message, fix: "If the action should not run then, remove the event.", path: at }];
};
