// Caches the parts of core/config that take most of start-job's time during a simulation: they are pure.
import { type ParsedJobConfig, parseJobConfig as parse } from "../../functions/lib/core/config/parse.ts";
import { matcherOf } from "../../functions/lib/core/config/pattern.ts";

const parsed = new Map<string, ParsedJobConfig>();
const matchers = new Map<string, (type: string) => boolean>();

export const parseJobConfig = (text: string, file: string): ParsedJobConfig =>
  remember(parsed, text, () => parse(text, file));

export const matchesPattern = (pattern: string, type: string): boolean =>
  remember(matchers, pattern, () => matcherOf(pattern))(type);

/** More configs than the events of one world have. */
const most = 200;

const remember = <T>(known: Map<string, T>, text: string, make: () => T): T => {
  const value = known.get(text) ?? make();
  known.delete(text); // the most recently used is removed last
  known.set(text, value);
  if (known.size > most) known.delete(known.keys().next().value ?? "");
  return value;
};
