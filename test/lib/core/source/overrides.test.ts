import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseOverrides } from "../../../../functions/lib/core/source/overrides.ts";

describe("K_CE_OVERRIDES", () => {
  for (const text of [undefined, "", "{}", '{"extensions":null}', '{"extensions":{}}']) {
    test(`${text} changes nothing`, () => assert.deepEqual(parseOverrides(text), { extensions: {} }));
  }
  test("adds extensions", () => {
    const text = '{"extensions":{"cluster":"a","zone9":"b c"}}';
    assert.deepEqual(parseOverrides(text), { extensions: { cluster: "a", zone9: "b c" } });
  });
  for (const [text, message] of [
    ["not json", /not a JSON object/],
    ["[]", /not a JSON object/],
    ['{"extensions":["a"]}', /not a JSON object/],
    ['{"extensions":{"type":"other"}}', /"type", which is an attribute of every event/],
    ['{"extensions":{"Upper":"a"}}', /"Upper", which is not a name/],
    ['{"extensions":{"n":1}}', /"n", which is not a name/],
  ] as const) {
    test(`${text} is an error`, () => {
      const parsed = parseOverrides(text);
      assert.ok("problem" in parsed);
      assert.match(parsed.problem.message, message);
    });
  }
});
