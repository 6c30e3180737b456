// Quoted strings whose continuation lines are indented too little, as JES accepts them (checked against Go's yaml.v2 2.4.0).
import assert from "node:assert/strict";
import { test } from "node:test";
import { indentQuoted } from "../../../../functions/lib/core/yaml/quoted-lines.ts";
import { readYaml } from "../../../../functions/lib/core/yaml/tree.ts";
import { assertQuick } from "../../../quick.ts";

const treeOf = (text: string): unknown => {
  const yaml = readYaml(text, "f.yaml");
  assert.ok("tree" in yaml, JSON.stringify(yaml));
  return JSON.parse(JSON.stringify(yaml.tree));
};

test("accepts continuation lines wherever they begin", () => {
  assert.deepEqual(treeOf('a:\n  - "x\n  y"\n  - z\n'), { a: ["x y", "z"] });
  assert.deepEqual(treeOf('a:\n  b: "x;\nit\'s \\"y\\"\n\n    z"\n'), { a: { b: `x; it's "y"\nz` } });
  assert.deepEqual(treeOf("a:\n  b: 'it''s\nx'\n  c: 'y\nz'\n"), { a: { b: "it's x", c: "y z" } });
});

test("keeps the positions of everything after them", () => {
  const yaml = readYaml('a:\n  b: ["x\ny", z]\n  c: d\n', "f.yaml");
  assert.ok("tree" in yaml);
  assert.deepEqual(yaml.at(["a", "b", 1]), { file: "f.yaml", line: 3, column: 5 });
  assert.deepEqual(yaml.at(["a", "c"]), { file: "f.yaml", line: 4, column: 6 });
});

test("leaves every other text unchanged", () => {
  for (const text of ['a: "b\n  c"\n', "a: b\n", 'a: "never closed\n', 'a: |\n  "x\n  y\n']) {
    assert.deepEqual(indentQuoted(text), { text, added: new Map() });
  }
});

test("stops when nothing helps", () => {
  assertQuick(2000, () => {
    readYaml("a: '\n''\n".repeat(8000), "f.yaml");
    readYaml(`a: [${'"\n",'.repeat(12_000)}`, "f.yaml");
  });
});
