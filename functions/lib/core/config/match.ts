// Matches an event with the actions of a config, and says why each one matches or not.
import { isScalar, textOf } from "../jsonpath/filter.ts";
import { checkPath, findPath } from "../jsonpath/jsonpath.ts";
import { quote } from "../yaml/scalars.ts";
import type { ActionOutline, EventOutline } from "./outline.ts";
import { matchesPattern } from "./pattern.ts";

export interface ActionMatch {
  readonly action: string;
  readonly silent: boolean;
  readonly matches: boolean;
  /** One sentence per event of the action, up to the first that matches. */
  readonly why: readonly string[];
}

export interface MatchedEvent {
  readonly type: string;
  /** See {@link eventDocumentOf}. */
  readonly document: unknown;
}

export const matchAction = ({ name, silent, events }: ActionOutline, event: MatchedEvent): ActionMatch => {
  const why: string[] = [];
  const action = name ?? "";
  for (const filter of events) {
    const { matches, reason } = matchEvent(filter, event);
    why.push(reason);
    if (matches) return { action, silent, matches, why };
  }
  return { action, silent, matches: false, why: why.length > 0 ? why : ["It has no events."] };
};

const matchEvent = ({ name, property, match = "" }: EventOutline, { type, document }: MatchedEvent) => {
  if (name === "" || !matchesPattern(name, type)) return no(`${quote(name)} is not found in ${quote(type)}.`);
  if (!property) return { matches: true, reason: `${quote(name)} is found in ${quote(type)}.` };
  // An invalid path counts as a match: the config is refused, and the event must be answered.
  if (checkPath(property))
    return { matches: true, reason: `${quote(name)} matches, but ${property} is not a JSONPath.` };
  const found = findPath(property, document);
  if (!found) return no(`${quote(name)} matches, but the event has no value at ${property}.`);
  const value = comparable(found.value);
  if (value !== match)
    return no(`${quote(name)} matches, but ${property} is ${show(found.value)}, not ${quote(match)}.`);
  return { matches: true, reason: `${quote(name)} matches, and ${property} is ${quote(match)}.` };
};

const no = (reason: string) => ({ matches: false, reason });

/** Lists, maps and null never equal a text. */
const comparable = (value: unknown): string | undefined => (isScalar(value) ? textOf(value) : undefined);

const show = (value: unknown): string =>
  typeof value === "string" ? quote(value) : (JSON.stringify(value) ?? "nothing").slice(0, 60);
