// JSON whose numbers keep their digits: JavaScript's numbers have 53 bits; build IDs, nanoseconds and database IDs have more.

/** A number with more digits than JavaScript's numbers hold. `JSON.stringify` writes it unchanged. */
export interface ExactNumber {
  /** Its JSON text: `20240101123456789`. */
  readonly rawJSON: string;
}

/** ES2026, in V8 since 11.4; not in TypeScript's ES2024. */
interface SourceText {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
}

const sourceText = JSON as unknown as SourceText;

/**
 * A digit sequence that is too long for a number, or an exponent. Most texts have neither and are parsed at full speed: a reviver takes
 * ten times as long.
 */
const maybeExact = /\d[\d.]{15}|[\s:,[]-?\d[\d.]*[eE]/;

/**
 * As `JSON.parse`, with the same errors, but numbers that would lose digits become an {@link ExactNumber}.
 * @param beyond maps numbers that are too large for a 64-bit float, which most JSON parsers reject
 */
export const parseJson = (text: string, beyond: (source: string) => unknown = sourceText.rawJSON): unknown =>
  maybeExact.test(text)
    ? sourceText.parse(text, (_, value, { source }) => {
        if (typeof value !== "number" || source === undefined) return value;
        return Number.isFinite(value) ? exactly(source) : beyond(source);
      })
    : JSON.parse(text);

/** Without exact numbers. @returns undefined if it is not JSON */
export const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** @param source as JSON writes numbers */
export const exactly = (source: string): number | ExactNumber => {
  const value = Number(source);
  return losesDigits(value, source) ? sourceText.rawJSON(source) : value;
};

export const isExactNumber = (value: unknown): value is ExactNumber => sourceText.isRawJSON(value);

/** A map or a list, but not an exact number, which is also an object in JavaScript. */
export const isStructure = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !isExactNumber(value);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  isStructure(value) && !Array.isArray(value);

/** Text that is not empty. */
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** `1.10`, `1E2` and `100.0` keep their value as JavaScript numbers. Beyond 2^53 each digit may matter. */
const losesDigits = (value: number, source: string): boolean => {
  const written = String(value);
  return written !== source && (Math.abs(value) > 2 ** 53 || normalOf(written) !== normalOf(source));
};

/** A normal form of a number: its digits without surrounding zeros, and the power of ten. */
const normalOf = (text: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - short.length;
  return short === "" ? "0" : `${sign}${short}e${power}`;
};

/** @returns below 0, 0 or above 0; NaN if one of them is not a number */
export const compareNumbers = (left: string, right: string): number => {
  if (!(isWhole.test(left) && isWhole.test(right))) return Number(left) - Number(right);
  const [a, b] = [BigInt(left), BigInt(right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Longer ones are compared as JavaScript numbers, so that a million digits cost no time. */
const isWhole = /^-?\d{1,1000}$/;
