// Filter expressions compare values, and do nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrue, parseFilter } from "../../../../functions/lib/core/jsonpath/filter.ts";

const current = {
  name: "a",
  size: 3,
  ok: true,
  off: false,
  nothing: null,
  list: [1],
  "odd name": "x",
  deep: { v: "1.5" },
};
const root = { wanted: "a" };

const holds = (text: string): boolean | undefined => {
  const filter = parseFilter(text);
  return filter && isTrue(filter({ current, root }));
};

const table: Readonly<Record<string, boolean>> = {
  "@.name == 'a'": true,
  '@.name=="b"': false,
  "@.name === $.wanted": true,
  "@.name != 'b'": true,
  "@.missing != 'b'": false,
  "@.missing == 'b'": false,
  "@.missing": false,
  "!@.missing": true,
  "@.ok": true,
  "@.ok == true": true,
  "@.off": false,
  "@.nothing == null": true,
  "@.size == '3'": true,
  "@.size > 2 && @.size >= 3 && @.size < 4 && @.size <= 3": true,
  "@.size > -1": true,
  "@.size > 'x'": false,
  "@.deep.v < 2": true,
  "@['odd name'] == 'x'": true,
  "@.list[0] == 1": true,
  "@.list == @.list": true,
  "@.name == 'b' || @.size == 3 && @.ok": true,
  "(@.name == 'b' || @.size == 3) && @.off": false,
  "!(@.name == 'b')": true,
  "@.name == 'it\\'s'": false,
};

for (const [text, expected] of Object.entries(table)) {
  test(`${text} is ${expected}`, () => assert.equal(holds(text), expected));
}

test("rejects every filter that could do more than compare", () => {
  const others = [
    "@.a()",
    "a",
    "@.a = 1",
    "@.a + 1",
    "/x/",
    "`x`",
    "@.a; @.b",
    "@.a ? 1 : 2",
    "[1]",
    "{}",
    "new X",
    "@[@.a]",
    "@.",
    "(@.a",
    "@.a)",
    "",
    "x".repeat(300),
  ];
  for (const text of others) assert.equal(parseFilter(text), undefined, text);
});
