// JSON whose numbers keep their digits: JavaScript's numbers hold 53 bits, and build ids, nanoseconds and ids of databases have more.

/** A number with more digits than JavaScript's hold. `JSON.stringify` writes it as it was written. */
export interface ExactNumber {
  /** As JSON has it: `20240101123456789`. */
  readonly rawJSON: string;
}

/** ES2026, in V8 since 11.4; TypeScript's ES2024 does not know it yet. */
interface SourceText {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
}

const sourceText = JSON as unknown as SourceText;

/**
 * A run of digits that is too long for a number, or an exponent. Most texts have none, and are read at full speed: a function that
 * looks at each value takes ten times as long.
 */
const maybeExact = /\d[\d.]{15}|[\s:,[]-?\d[\d.]*[eE]/;

/**
 * As `JSON.parse`, and throws what it throws; a number that would lose digits is an {@link ExactNumber}.
 * @param beyond what becomes of a number that is too large for 64 bits of floating point, which most readers of JSON refuse
 */
export const parseJson = (text: string, beyond: (source: string) => unknown = sourceText.rawJSON): unknown =>
  maybeExact.test(text)
    ? sourceText.parse(text, (_, value, { source }) => {
        if (typeof value !== "number" || source === undefined) return value;
        return Number.isFinite(value) ? exactly(source) : beyond(source);
      })
    : JSON.parse(text);

/** @param source as JSON writes numbers */
export const exactly = (source: string): number | ExactNumber => {
  const value = Number(source);
  return losesDigits(value, source) ? sourceText.rawJSON(source) : value;
};

export const isExactNumber = (value: unknown): value is ExactNumber => sourceText.isRawJSON(value);

/** A map or a list: an exact number is an object only to JavaScript. */
export const isStructure = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !isExactNumber(value);

/** A map. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  isStructure(value) && !Array.isArray(value);

/** `1.10`, `1E2` and `100.0` are the same numbers as JavaScript writes them. Of those beyond 2^53 each digit may be meant. */
const losesDigits = (value: number, source: string): boolean => {
  const written = String(value);
  return written !== source && (Math.abs(value) > 2 ** 53 || normalOf(written) !== normalOf(source));
};

/** The same for all ways to write a number: its digits without zeros around them, and the power of ten. */
const normalOf = (text: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - short.length;
  return short === "" ? "0" : `${sign}${short}e${power}`;
};

/** @returns below 0, 0 or above 0; NaN where one of them is no number */
export const compareNumbers = (left: string, right: string): number => {
  const areWhole = isWhole.test(left) && isWhole.test(right);
  if (!areWhole) return Number(left) - Number(right);
  const [a, b] = [BigInt(left), BigInt(right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Longer ones are compared as JavaScript's numbers: nobody's time is wasted on a million digits. */
const isWhole = /^-?\d{1,1000}$/;
