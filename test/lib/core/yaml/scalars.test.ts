// Integers and booleans as Go's yaml.v2 reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWhole, yesOrNo } from "../../../../functions/lib/core/yaml/scalars.ts";

test("reads integers in every spelling of YAML 1.1", () => {
  const spelled = {
    "300": 300,
    "+5": 5,
    "-5": -5,
    "1_200": 1200,
    "0x1F": 31,
    "010": 8,
    "0o10": 8,
    "0b101": 5,
    "1e3": 1000,
    "2.9": 2,
    "-0x10": -16,
  };
  for (const [text, number] of Object.entries(spelled)) assert.equal(parseWhole(text), number, text);
});

test("reads no other text as a number", () => {
  for (const text of ["", "5m", "one", "0x", "1,000", "--1", ".", "1e", "0b2", "NaN", "Infinity"]) {
    assert.equal(parseWhole(text), undefined, text);
  }
});

test("reads booleans in every spelling of YAML 1.1", () => {
  const parse = (text: string) => yesOrNo().safeParse(text).data;
  assert.deepEqual(["y", "Yes", "TRUE", "on"].map(parse), [true, true, true, true]);
  assert.deepEqual(["n", "No", "FALSE", "off"].map(parse), [false, false, false, false]);
  assert.deepEqual(["yEs", "1", "", "maybe"].map(parse), [undefined, undefined, undefined, undefined]);
});
