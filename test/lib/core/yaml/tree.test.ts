// YAML as JES's decoder reads it, and limits for hostile input.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readYaml } from "../../../../functions/lib/core/yaml/tree.ts";
import { assertQuick } from "../../../quick.ts";

const read = (text: string) => {
  const yaml = readYaml(text, "f.yaml");
  assert.ok("tree" in yaml, JSON.stringify(yaml));
  return yaml;
};

/** Trees have no prototype; comparing them as JSON avoids that difference. */
const treeOf = (text: string): unknown => JSON.parse(JSON.stringify(read(text).tree));

const codeOf = (text: string): string | undefined => {
  const yaml = readYaml(text, "f.yaml");
  return "problems" in yaml ? yaml.problems[0]?.code : yaml.flaws[0]?.problem.code;
};

test("keeps every scalar as written", () => {
  const text = "[1.10, 0x1F, 010, 1_000, yes, 2022-09-16, 1e3, .inf, 'a', \"b\\tc\", 12:30:45]";
  const texts = ["1.10", "0x1F", "010", "1_000", "yes", "2022-09-16", "1e3", ".inf", "a", "b\tc", "12:30:45"];
  assert.deepEqual(treeOf(text), texts);
});

test("recognizes every spelling of null, but not in quotes", () => {
  assert.deepEqual(treeOf("{a: , b: ~, c: null, d: 'null', e: [~, x]}"), {
    a: null,
    b: null,
    c: null,
    d: "null",
    e: [null, "x"],
  });
});

test("reads block scalars as Go does", () => {
  assert.deepEqual(treeOf("a: |\n  x\n  y\nb: >-\n  x\n  y\n"), { a: "x\ny\n", b: "x y" });
});

test("replaces an alias by its anchor's value", () => {
  assert.deepEqual(treeOf("a: &x {k: v}\nb: *x\nc: &x 1\nd: *x\n"), { a: { k: "v" }, b: { k: "v" }, c: "1", d: "1" });
});

test("merges in document order, deeply, with the first of a list on top", () => {
  const text = "x: &x {a: 1, m: {p: 1}}\ny: &y {a: 2, b: 2}\nz:\n  <<: [*x, *y]\n  m: {q: 2}\nw:\n  a: 3\n  <<: *x\n";
  const tree = treeOf(text) as Record<string, unknown>;
  assert.deepEqual(tree["z"], { a: "1", b: "2", m: { p: "1", q: "2" } });
  assert.deepEqual(tree["w"], { a: "1", m: { p: "1" } });
});

test("treats a quoted << as a name", () => {
  assert.deepEqual(treeOf('"<<": x'), { "<<": "x" });
});

test("knows the position of every value and key", () => {
  const { at, keyAt } = read("a:\n  - b: c\n    d: [e, f]\n");
  assert.deepEqual(at(["a", 0, "d", 1]), { file: "f.yaml", line: 3, column: 12 });
  assert.deepEqual(keyAt(["a", 0, "d"]), { file: "f.yaml", line: 3, column: 5 });
  assert.deepEqual(at(["a", 0, "not there"]), { file: "f.yaml", line: 2, column: 5 });
});

test("keeps names that are special in JavaScript", () => {
  const { tree } = read("__proto__: x\nconstructor: y\n");
  assert.deepEqual(Object.entries(tree ?? {}), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});

test("reports all errors at once, at each place where an anchor is used", () => {
  const { tree, flaws } = read("a: {x: 1, x: {y: 2, y: 3}}\nb: &b {z: 1, z: 2}\nc: [*b, *d]\n# \u0007\n");
  assert.deepEqual(
    flaws.map(({ problem: { code, at }, path }) => `${at?.line}:${at?.column} ${code} ${path.join(".")}`),
    [
      "4:3 forbidden-character ",
      "1:11 duplicate-key a.x",
      "1:21 duplicate-key a.x.y",
      "2:14 duplicate-key b.z",
      "2:14 duplicate-key c.0.z",
      "3:9 unknown-alias c.1",
    ],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(tree)), { a: { x: "1" }, b: { z: "1" }, c: [{ z: "1" }, null] });
});

test("suggests the YAML escape for a character that must not appear literally", () => {
  const fixOf = (text: string) => read(text).flaws.map(({ problem }) => problem.fix);
  assert.deepEqual(fixOf("a: \u0007"), ['Remove it, or write it in double quotes as "\\x07".']);
  assert.deepEqual(fixOf("a: \ufffe"), ['Remove it, or write it in double quotes as "\\uFFFE".']);
  assert.deepEqual(read('a: "\\uFFFE"').flaws, []);
});

test("refuses a text over 1 MiB", () => {
  assert.equal(codeOf(`a: ${"x".repeat(1024 * 1024)}`), "document-too-large");
});

const mebibyte = 1024 * 1024 - 100;
const hostile: Readonly<Record<string, string>> = {
  "opening brackets": "[".repeat(mebibyte),
  "opening braces": "{a: ".repeat(mebibyte / 4),
  dashes: "- ".repeat(mebibyte / 2),
  "question marks": "? ".repeat(mebibyte / 2),
  "many keys": Array.from({ length: mebibyte / 10 }, (_, i) => `k${i}: v`).join("\n"),
  "many documents": "---\n".repeat(mebibyte / 4),
  "empty lines": "\n".repeat(mebibyte),
  quotes: '"'.repeat(mebibyte),
  aliases: `- &a x\n${"- *a\n".repeat(mebibyte / 6)}`,
  "merges that double": `a: &a0 {}\n${Array.from({ length: 40 }, (_, i) => `b${i}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`).join("")}`,
  "an anchor in itself": "a: &a {<<: *a}",
};

for (const [name, text] of Object.entries(hostile)) {
  test(`reports a problem for ${name} in less than a second of processor time`, () => {
    assert.notEqual(
      assertQuick(1000, () => codeOf(text)),
      undefined,
    );
  });
}
