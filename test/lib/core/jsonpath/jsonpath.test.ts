// JSONPath as in JES's library (checked against PaesslerAG/jsonpath 0.1.1), and what it must never do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPath, findPath, isIndefinite } from "../../../../functions/lib/core/jsonpath/jsonpath.ts";

const document = JSON.parse(`{
  "id": "1",
  "data": {
    "project": "p", "nothing": null, "number": 12345678, "a-b": "dash", "1": "one", "__proto__": "own",
    "labels": { "foo bar": "space", "x.y": "dot", "*": "star", "it's": "quote" },
    "list": [{ "name": "a", "v": 1, "ok": true }, { "name": "b)]", "v": 2 }],
    "uris": ["u1", "u2"]
  }
}`);

const found: Readonly<Record<string, unknown>> = {
  "$.data.project": "p",
  "data.project": "p",
  ".data.project": "p",
  ".data.uris[0]": "u1",
  "$.data.uris[*][0]": [],
  "$.data.uris[*].length": [],
  "$..project[0]": [],
  "$.data.uris[-1:]": ["u2"],
  "$..uris[-1]": ["u2"],
  "$..uris[-2]": ["u1"],
  "$..uris[-3]": [],
  "$.data.uris[::-1]": ["u2", "u1"],
  "$.data.list[*][*]": ["a", 1, true, "b)]", 2],
  " $.data.project ": "p",
  "$.data.nothing": null,
  "$.data.number": 12345678,
  "$.data.a-b": "dash",
  '$.data["a-b"]': "dash",
  "$.data['a-b']": "dash",
  '$["data"]["project"]': "p",
  '$.data["1"]': "one",
  "$.data.__proto__": "own",
  '$.data.labels["foo bar"]': "space",
  "$.data.labels['x.y']": "dot",
  "$.data.labels['*']": "star",
  "$.data.labels['it\\'s']": "quote",
  "$.data.uris[0]": "u1",
  '$.data.uris["1"]': "u2",
  "$.data.uris[-1]": "u2",
  "$.data.list[0].name": "a",
  "$.data.uris[0,1]": ["u1", "u2"],
  "$.data.uris[0,0,0]": "u1",
  "$.data.uris[1:]": ["u2"],
  "$.data.uris[:1]": ["u1"],
  "$.data.uris[::2]": ["u1"],
  "$.data.uris[*]": ["u1", "u2"],
  "$.data.uris.*": ["u1", "u2"],
  "$.data.list[*].name": ["a", "b)]"],
  "$..name": ["a", "b)]"],
  "$.data..['name']": ["a", "b)]"],
  '$.data["project","number"]': ["p", 12345678],
  '$.data.list[?(@.name=="a")].v': [1],
  "$.data.list[?(@.name=='b)]')].v": [2],
  "$.data.list[?@.v==2].v": [2],
  "$.data.list[?(@.ok)].v": [1],
  "$.data.list[?(!@.ok)].v": [2],
  "$.data.list[?(@.v > 1 && @.v <= 2 || @.name == 'zzz')].v": [2],
  "$.data.list[?((@.v == 1 || @.v == 2) && @['name'] != 'a')].v": [2],
  "$.data.list[?(@.v == $.data.list[1].v)].v": [2],
  "$.data.list[?(@.v == '2')].v": [2],
  "$.data.list[?(@.v > -1)].v": [1, 2],
  "$.data.list[?(@.nothing == null)].v": [],
  "$.data.list[?(@.name=='zzz')]": [],
  "$..[?(@.v == 2)].v": [2],
};

for (const [path, value] of Object.entries(found)) {
  test(`finds ${path}`, () => {
    assert.equal(checkPath(path), undefined);
    assert.deepEqual(findPath(path, document), { value });
  });
}

for (const path of [
  "$.data.missing",
  "$.data.missing.x",
  "$.data.project.length",
  "$.data.uris[5]",
  "$.data.uris.length",
  "$.data.project[0]",
  "$.data.number[0]",
]) {
  test(`finds nothing at ${path}`, () => {
    assert.equal(checkPath(path), undefined);
    assert.equal(findPath(path, document), undefined);
  });
}

for (const path of ["$.data.toString", "$.data.constructor", "$.constructor.prototype", '$["constructor"]']) {
  test(`does not reach a prototype through ${path}`, () => assert.equal(findPath(path, document), undefined));
}

for (const member of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
  test(`does not reach a prototype through a filter on ${member}`, () => {
    assert.deepEqual(findPath(`$.data.list[?(@.${member})]`, document), { value: [] });
    assert.deepEqual(findPath(`$.data.list[?(@['${member}'])]`, document), { value: [] });
  });
}

const noPaths = [
  "",
  "$.",
  "$..",
  "$.data[",
  "$.data[]",
  "$.data.list[0",
  "$.data['a]",
  "$data",
  "just words",
  "$.data[(@.length-1)]",
  "$.data == 'p'",
  "$.data[?(@.a.match(/x/))]",
  "$.data[?(@.a = 1)]",
  "$.data[?(process.exit())]",
  "$.data[?(@.a ** 2)]",
  "$.data[?(`x`)]",
  "$.data[?()]",
  "$.data[?(@.a == )]",
  "$..a..b..c",
  "$.data..['it\\'s']",
  `$.${"a".repeat(400)}`,
];

for (const path of noPaths) {
  test(`rejects the path ${path.slice(0, 40)}`, () => {
    assert.equal(checkPath(path)?.code, "bad-jsonpath");
    assert.equal(findPath(path, document), undefined);
  });
}

test("never executes a filter, whatever it contains", () => {
  const canary = globalThis as { touched?: boolean };
  const calls = [
    "touched=true",
    "globalThis.touched=true",
    "(()=>{touched=true})()",
    "@.constructor.constructor('touched=true')()",
  ];
  for (const call of calls) findPath(`$.data.list[?(${call})]`, document);
  assert.equal(canary.touched, undefined);
});

test("knows which paths yield a list", () => {
  assert.deepEqual(["$.a.b[0]", "$.a[0,1]", "$..a", "$.a[?(@.b)]", "$.a[1:]"].map(isIndefinite), [
    false,
    true,
    true,
    true,
    true,
  ]);
});

test("limits its search, so that no event takes forever", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
  assert.equal(findPath("$..a..b", deep), undefined);
  const nested = JSON.parse(`${"[".repeat(60)}1${"]".repeat(60)}`);
  assert.deepEqual(findPath(`$${"[0,0]".repeat(59)}`, nested), { value: [1] });
});
