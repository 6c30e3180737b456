// Event names of a config: RE2 patterns, found anywhere in the event's type, as JES does it. RE2 cannot be made to hang.
import { RE2JS } from "re2js";
import { remember } from "./remember.ts";
import { type Fault, quote } from "./scalars.ts";

const maxLength = 256;
/** Counted repetitions are unrolled: all of a pattern's together. */
const maxRepetitions = 64;
/** Each one is hundreds of ranges; the type of an event is ASCII. */
const maxClasses = 2;

type Matcher = (type: string) => boolean;

/** @returns the compiled pattern, or what is wrong with it */
const compile = remember((pattern: string): Matcher | string => {
  const tooMuch = tooMuchOf(pattern);
  if (tooMuch) return tooMuch;
  if (isPlainName(pattern)) return nameMatcher(pattern);
  try {
    const compiled = RE2JS.compile(pattern);
    return (type) => compiled.matcher(type).find();
  } catch (error) {
    return (error as Error).message.replace("error parsing regexp: ", "");
  }
});

/** Most names of events: nothing repeats, so that no engine can be made to hang. */
const isPlainName = (pattern: string): boolean => /^\^?(?:[\w.-]|\\\.)+\$?$/.test(pattern);

/** JavaScript's own engine is ready a hundred times sooner; what RE2's dot means is written out. */
const nameMatcher = (name: string): Matcher => {
  const expression = new RegExp(
    name.replaceAll(/\\\.|\./g, (dot) => (dot === "." ? "[^\\n]" : dot)),
    "u",
  );
  return (type) => expression.test(type);
};

/** @returns what of it is more than we take */
const tooMuchOf = (pattern: string): string | undefined => {
  if (pattern.length > maxLength) return `it is longer than ${maxLength} characters`;
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, from, to]) => Number(to || from));
  if (counts.reduce((sum, count) => sum + count, 0) > maxRepetitions) return "it repeats too much";
  return pattern.split(/\\p/i).length - 1 > maxClasses ? "it has too many classes of Unicode" : undefined;
};

export const checkPattern = (pattern: string): Fault | undefined => {
  const compiled = compile(pattern);
  if (typeof compiled !== "string") return undefined;
  return {
    code: "bad-pattern",
    message: `is ${quote(pattern)}, which is no RE2 pattern: ${compiled}`,
    fix: pattern.startsWith("*")
      ? `Write ${quote(`.${pattern}`)}.`
      : "Event names are patterns: write `\\` before what is meant literally.",
  };
};

/** @returns a type that this name stands for, as its author may have thought of it; undefined for a name with wildcards */
export const typeMeantBy = (name: string): string | undefined =>
  isWholeType(name) ? name : anchorOf(name)?.slice(1, -1).replaceAll("\\", "");

/** @returns true if RE2 refuses it; what is only more than we take is not broken */
export const isBrokenPattern = (pattern: string): boolean =>
  tooMuchOf(pattern) === undefined && typeof compile(pattern) === "string";

/** @returns false for a pattern that RE2 refuses */
export const matchesPattern = (pattern: string, type: string): boolean => matcherOf(pattern)(type);

/** The same for many types. */
export const matcherOf = (pattern: string): Matcher => {
  const compiled = compile(pattern);
  return typeof compiled === "string" ? () => false : compiled;
};

/**
 * A name without any wildcard, of which only a part is given: the events of other executors fit it too.
 * @returns a pattern for exactly one type that was perhaps meant
 */
export const anchorOf = (name: string): string | undefined => {
  if (!/^[\w.-]+$/.test(name) || isWholeType(name)) return undefined;
  const begun = name.startsWith("sh.keptn.") ? name : `sh.keptn.event.${name}`;
  const whole = isWholeType(begun) ? begun : `${begun.replace(/\.$/, "")}.triggered`;
  return `^${whole.replaceAll(".", "\\.")}$`;
};

const isWholeType = (name: string): boolean =>
  /^sh\.keptn\.event\.([\w-]+\.){1,2}(triggered|started|finished|invalidated|changed)$/.test(name) ||
  /^sh\.keptn\.(log\.error|events\.problem)$/.test(name);
