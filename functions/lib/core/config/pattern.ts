// Event names of a config: RE2 patterns that match anywhere in the event's type, as in JES. RE2 runs in linear time.
import { RE2JS } from "re2js";
import { type Fault, quote } from "../yaml/scalars.ts";
import { memoize } from "./memoize.ts";

const maxLength = 256;
/** Sum of all counted repetitions of a pattern: RE2 unrolls them. */
const maxRepetitions = 64;
/** Each class is hundreds of ranges, and event types are ASCII. */
const maxClasses = 2;

type Matcher = (type: string) => boolean;

/** @returns the compiled pattern, or its error */
const compile = memoize((pattern: string): Matcher | string => {
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

/** True for most event names: without repetition, no engine can hang. */
const isPlainName = (pattern: string): boolean => /^\^?(?:[\w.-]|\\\.)+\$?$/.test(pattern);

/** JavaScript's engine compiles a hundred times faster. RE2's meaning of the dot is spelled out. */
const nameMatcher = (name: string): Matcher => {
  const expression = new RegExp(
    name.replaceAll(/\\\.|\./g, (dot) => (dot === "." ? "[^\\n]" : dot)),
    "u",
  );
  return (type) => expression.test(type);
};

/** @returns which of our limits the pattern exceeds */
const tooMuchOf = (pattern: string): string | undefined => {
  if (pattern.length > maxLength) return `it is longer than ${maxLength} characters`;
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, from, to]) => Number(to || from));
  if (counts.reduce((sum, count) => sum + count, 0) > maxRepetitions) return "it repeats too much";
  return pattern.split(/\\p/i).length - 1 > maxClasses ? "it has too many Unicode classes" : undefined;
};

export const checkPattern = (pattern: string): Fault | undefined => {
  const compiled = compile(pattern);
  if (typeof compiled !== "string") return undefined;
  return {
    code: "bad-pattern",
    message: `is ${quote(pattern)}, which is not a valid RE2 pattern: ${compiled}`,
    fix: pattern.startsWith("*")
      ? `Write ${quote(`.${pattern}`)}.`
      : "Event names are patterns: escape special characters with `\\`.",
  };
};

/** @returns the type that the author probably meant by this name; undefined for a name with wildcards */
export const typeMeantBy = (name: string): string | undefined =>
  isWholeType(name) ? name : anchorOf(name)?.slice(1, -1).replaceAll("\\", "");

/** @returns true if RE2 refuses it; a pattern that only exceeds our limits is not broken */
export const isBrokenPattern = (pattern: string): boolean =>
  tooMuchOf(pattern) === undefined && typeof compile(pattern) === "string";

/** @returns false for a pattern that RE2 refuses */
export const matchesPattern = (pattern: string, type: string): boolean => matcherOf(pattern)(type);

/** Like {@link matchesPattern}, for many types. */
export const matcherOf = (pattern: string): Matcher => {
  const compiled = compile(pattern);
  return typeof compiled === "string" ? () => false : compiled;
};

/**
 * For a partial name without wildcards, which also matches events of other executors.
 * @returns a pattern for the one type that was probably meant
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
