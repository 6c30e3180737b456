// Event values set on the command line.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { assign, parseAssignment } from "../../../../functions/lib/core/event/set-value.ts";
import { parseJson } from "../../../../functions/lib/core/json/exact-json.ts";
import { findPath } from "../../../../functions/lib/core/jsonpath/jsonpath.ts";

const setIn = (document: unknown, text: string): unknown => {
  const assignment = parseAssignment(text);
  if (!assignment) return "no PATH=VALUE";
  const assigned = assign(document, assignment);
  return "why" in assigned ? assigned.why : assigned.document;
};

describe("a value", () => {
  const values: Readonly<Record<string, unknown>> = {
    "a=x": "x",
    "a=": "",
    "a=x=y": "x=y",
    "a=17": 17,
    "a=-1.5": -1.5,
    'a="17"': "17",
    "a=1.10": "1.10",
    "a=0012": "0012",
    "a=12e5678": "12e5678",
    "a=12345678901234567890": parseJson("12345678901234567890"),
    "a=true": true,
    "a=trueish": "trueish",
    "a=null": null,
    "a=[1,2]": [1, 2],
    'a={"b":1}': { b: 1 },
    "a=[not json": "[not json",
    "a=$(HOST)": "$(HOST)",
  };
  for (const [text, value] of Object.entries(values))
    test(`is parsed from ${text}`, () => assert.deepEqual(setIn({}, text), { a: value }));
});

describe("a path", () => {
  test("is created with the maps and lists around it", () => {
    assert.deepEqual(setIn({}, "data.deployment.deploymentNames[0]=x"), {
      data: { deployment: { deploymentNames: ["x"] } },
    });
    assert.deepEqual(setIn({}, '$.data.labels["build.id=1"]=x'), { data: { labels: { "build.id=1": "x" } } });
    assert.deepEqual(setIn({ a: ["x"] }, "a[1].b=y"), { a: ["x", { b: "y" }] });
    assert.deepEqual(setIn({ a: null, c: 1 }, "a.b=y"), { a: { b: "y" }, c: 1 });
  });
  test("that cannot exist is reported", () => {
    assert.equal(setIn({ a: "x" }, "a.b=y"), 'a.b has a name where the event has the string "x"');
    assert.equal(setIn({ a: {} }, "a[0]=y"), "a[0] has an index where the event has a map");
    assert.equal(setIn({ a: ["x"] }, "a[2]=y"), "a[2] has an index beyond the end of the list, which has 1 entries");
  });
  test("names one place and has a value", () => {
    for (const text of ["a", "=x", "", "a..b=x", "a[*]=x", "a[?(@.b)]=x", "a[0,1]=x", "a b=x", "..a=x"])
      assert.equal(setIn({}, text), "no PATH=VALUE", text);
  });
  test("never reaches the prototype", () => {
    const made = setIn({}, "__proto__.polluted=x") as object;
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.deepEqual(Object.keys(made), ["__proto__"]);
  });
});

test("an assigned value is found at its path, and the original document is unchanged", () => {
  const key = fc.oneof(fc.stringMatching(/^[a-z][\w-]{0,5}$/), fc.constant(0));
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.string(), fc.jsonValue(), (keys, value, document) => {
      const path = `$${keys.map((one) => (one === 0 ? "[0]" : `.${one}`)).join("")}`;
      const before = JSON.stringify(document);
      const assigned = assign(document, { path, keys, value });
      assert.equal(JSON.stringify(document), before);
      if ("document" in assigned) assert.deepEqual(findPath(path, assigned.document), { value });
    }),
  );
});
