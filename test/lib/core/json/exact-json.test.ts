// JSON numbers keep all their digits.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  compareNumbers,
  isExactNumber,
  isStructure,
  parseJson,
} from "../../../../functions/lib/core/json/exact-json.ts";

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });

/** Every number that JSON can express. */
const numbers = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(
      fc.constant("0"),
      fc.tuple(fc.constantFrom(..."123456789"), digits(0, 40)).map((parts) => parts.join("")),
    ),
    fc.oneof(
      fc.constant(""),
      digits(1, 40).map((fraction) => `.${fraction}`),
    ),
    fc.oneof(
      fc.constant(""),
      fc.tuple(fc.constantFrom("e", "E", "e+", "E-"), digits(1, 4)).map((parts) => parts.join("")),
    ),
  )
  .map((parts) => parts.join(""));

/** The value of a number: its digits without zeros around them, and the position of the point. */
const normalOf = (number: string): string => {
  const [, sign, whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)\.?(\d*)[eE]?([-+]?\d+)?$/.exec(number) ?? [];
  const all = (whole + fraction).replace(/^0+/, "");
  const short = all.replace(/0+$/, "");
  if (short === "") return "0";
  return `${sign}${short}e${BigInt(exponent) + BigInt(all.length - short.length - fraction.length)}`;
};

/** JSON with the texts of its numbers in place. */
const sourcesOf = (json: string) => {
  type Revive = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
  const revive: Revive = (_, value, { source }) => (typeof value === "number" ? source : value);
  return JSON.parse(json, revive as never) as { a: string; b: string[] } & Record<string, unknown>;
};

test("the digits of every number survive, wherever it is", () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom("", " ", "\n"), (number, space) => {
      const json = `{"a":${space}${number},"b":[${space}${number},${number}],"${number}":"${number}"}`;
      const { a, b, ...rest } = sourcesOf(JSON.stringify(parseJson(json)));
      for (const found of [a, ...b]) assert.equal(normalOf(found), normalOf(number));
      assert.deepEqual(rest, { [number]: number });
    }),
    { numRuns: 2000 },
  );
});

test("numbers beyond 2^53 are written back unchanged", () => {
  for (const number of [
    "20240101123456789",
    "9007199254740993",
    "1652427969546000000",
    "1000000000000000000000",
    "1E22",
  ])
    assert.equal(JSON.stringify(parseJson(`[${number}]`)), `[${number}]`);
});

test("all other numbers are plain JavaScript numbers", () => {
  const json = '[0, -0, 1.10, 1E2, 100.0, 9007199254740992, 0.1, 0.1234567890123456, 1e-7, "20240101123456789"]';
  assert.deepEqual(parseJson(json), JSON.parse(json));
});

test("an exact number is not an object to walk into", () => {
  const number = parseJson("20240101123456789");
  assert.ok(isExactNumber(number));
  assert.equal(isStructure(number), false);
  assert.ok(isStructure({ rawJSON: "1" }) && isStructure([]) && !isStructure(null));
});

test("strings, names and invalid JSON are handled as by JSON.parse", () => {
  const json = '{"__proto__":{"x":20240101123456789},"a":"1e5 12345678901234567890"}';
  assert.deepEqual(Object.keys(parseJson(json) as object), ["__proto__", "a"]);
  assert.throws(() => parseJson('{"a": 20240101123456789,}'), SyntaxError);
});

test("whole numbers are compared digit by digit", () => {
  assert.ok(compareNumbers("20240101123456789", "20240101123456788") > 0);
  assert.ok(compareNumbers("-20240101123456789", "-20240101123456788") < 0);
  assert.ok(compareNumbers("1.5", "2") < 0);
  assert.equal(compareNumbers("20240101123456789", "20240101123456789"), 0);
  assert.ok(Number.isNaN(compareNumbers("x", "1")));
});
