// Parses a JSONPath into steps: names, indices, lists and filters.
import { type Filter, parseFilter, unquote } from "./filter.ts";

export type Step =
  | { readonly kind: "one"; readonly key: string | number }
  | { readonly kind: "any" }
  | { readonly kind: "slice"; readonly text: string }
  | { readonly kind: "some"; readonly keys: readonly (string | number)[] }
  | { readonly kind: "filter"; readonly filter: Filter }
  /** `..`: the next step matches at any depth. */
  | { readonly kind: "descend" };

const maxLength = 300;
/** Each descent multiplies the work by the depth of the event. */
const maxDescents = 2;

/** @returns undefined if it is not a JSONPath; `data.project` (as in JES) and `.data.project` (as in kubectl) mean `$.data.project` */
export const parsePath = (path: string): readonly Step[] | undefined => {
  if (path.length > maxLength) return undefined;
  const trimmed = path.trim();
  const text = trimmed.startsWith("$") ? trimmed.slice(1) : trimmed.replace(/^\.?/, ".");
  const dots = dotsOf(text);
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text[at] === "[" ? parseBracket(text, at) : parseDots(text, at, dots);
    if (!next) return undefined;
    steps.push(...next.steps);
    at = next.end;
  }
  return steps.filter(({ kind }) => kind === "descend").length > maxDescents ? undefined : steps;
};

interface Next {
  readonly steps: readonly Step[];
  readonly end: number;
}

/** Unicode classes cost V8 a millisecond of a cold start, and most paths are ASCII. */
const dotsOf = (text: string): RegExp =>
  isAscii.test(text) ? asciiDots : /(\.\.?)(?:(\*)|([\p{L}\p{N}_][\p{L}\p{N}_-]*)|(?=\[))/uy;

const isAscii = /^[ -~]*$/;
const asciiDots = /(\.\.?)(?:(\*)|(\w[\w-]*)|(?=\[))/y;

const parseDots = (text: string, at: number, dots: RegExp): Next | undefined => {
  dots.lastIndex = at;
  const [whole, sign, star, name] = dots.exec(text) ?? [];
  if (whole === undefined || (sign === "." && !star && !name)) return undefined;
  const descend: Step[] = sign === ".." ? [{ kind: "descend" }] : [];
  const step: Step[] = star ? [{ kind: "any" }] : name ? [{ kind: "one", key: name }] : [];
  return { steps: [...descend, ...step], end: at + whole.length };
};

const parseBracket = (text: string, at: number): Next | undefined => {
  const end = endOfBracket(text, at);
  const step = end === undefined ? undefined : stepOf(text.slice(at + 1, end - 1).trim());
  return end === undefined || !step ? undefined : { steps: [step], end };
};

/** Brackets inside quotes do not count. */
const endOfBracket = (text: string, at: number): number | undefined => {
  const signs = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[\]]/gy;
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    signs.lastIndex = index;
    const found = signs.exec(text)?.[0];
    if (found === "[") depth += 1;
    if (found === "]") depth -= 1;
    if (depth === 0) return index + 1;
    index += Math.max((found?.length ?? 1) - 1, 0);
  }
  return undefined;
};

const key = /\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(-?\d{1,9}))\s*(?:,|$)/y;

const stepOf = (inside: string): Step | undefined => {
  if (inside === "*") return { kind: "any" };
  if (/^(-?\d{0,9}):(-?\d{0,9})(:-?\d{0,9})?$/.test(inside)) return { kind: "slice", text: inside };
  if (inside.startsWith("?")) {
    const filter = parseFilter(inside.slice(1));
    return filter && { kind: "filter", filter };
  }
  const keys = keysOf(inside);
  if (!keys || inside.endsWith(",")) return undefined;
  return keys.length === 1 ? { kind: "one", key: keys[0]! } : { kind: "some", keys };
};

const keysOf = (inside: string): (string | number)[] | undefined => {
  const keys: (string | number)[] = [];
  key.lastIndex = 0;
  while (key.lastIndex < inside.length) {
    const [, quoted, index] = key.exec(inside) ?? [];
    if (quoted === undefined && index === undefined) return undefined;
    keys.push(quoted === undefined ? Number(index) : unquote(quoted));
  }
  // Without duplicates: each step of `[0,0][0,0]…` would double the matches.
  return keys.length > 0 ? [...new Map(keys.map((key) => [String(key), key])).values()] : undefined;
};
