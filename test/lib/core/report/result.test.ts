// KEPTN_RESULT as a task wrote it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { parseResult } from "../../../../functions/lib/core/report/result.ts";

test("an object nested too deeply is reported as text", () => {
  const text = `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}`;
  assert.deepEqual(parseResult(text), { kind: "text", text });
});

test("names reserved by Keptn or JavaScript are left out", () => {
  const text = '{"__proto__":{"x":1},"constructor":1,"project":"other","a":1}';
  assert.deepEqual(parseResult(text), { kind: "data", data: { a: 1 } });
});

test("YAML scalars stay the text that was written, JSON numbers become numbers", () => {
  const yaml =
    "deployment:\n  gitCommit: 12e5678\n  version: 1.10\n  build: 0012\n  ok: true\n  none: null\n  empty:\n";
  const deployment = { gitCommit: "12e5678", version: "1.10", build: "0012", ok: "true", none: "null", empty: "" };
  assert.deepEqual(parseResult(yaml), { kind: "data", data: { deployment } });
  const json = '{"deployment":{"build":12,"ok":true,"none":null}}';
  assert.deepEqual(parseResult(json), { kind: "data", data: { deployment: { build: 12, ok: true, none: null } } });
  assert.deepEqual(parseResult("a: !!int 5\nb: !!binary aGk=\nc: !x y\n"), {
    kind: "data",
    data: { a: "5", b: "aGk=", c: "y" },
  });
});

/** Scalars that YAML's usual schemas do not read as strings. */
const tricky = fc.constantFrom(
  ...[
    "12e5678",
    "1.10",
    "0012",
    "0x1F",
    "0o17",
    "1_000",
    ".5",
    "+1",
    "-0",
    ".inf",
    ".NaN",
    "1e400",
    "20240101123456789",
  ],
  ...["true", "False", "yes", "off", "y", "null", "Null", "~", "2022-09-16", "12:30:45", "2022-09-16T07:46:09.546Z"],
);
const anyText = fc.oneof(tricky, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(anyText, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

test("every text survives in a YAML result, quoted or not", () => {
  fc.assert(
    fc.property(tree, tricky, (any, plain) => {
      const text = `${stringify({ any })}plain: ${plain}\n`;
      const result = parseResult(text);
      assert.ok(result.kind === "data", text);
      assert.deepEqual(result.data, { any, plain });
    }),
  );
});

test("a UTF-16 result is read as far as the kubelet preserves it", () => {
  const text = '{"result":"fail"}\r\n';
  const seen = (bytes: Buffer) => bytes.toString("utf8");
  const little = Buffer.from(`\ufeff${text}`, "utf16le");
  const expected = { kind: "data", data: { result: "fail" } };
  for (const bytes of [little, Buffer.from(little).swap16(), little.subarray(2), Buffer.from(`\ufeff${text}`)])
    assert.deepEqual(parseResult(seen(Buffer.from(bytes))), expected);
  assert.equal(parseResult(seen(Buffer.from('\ufeff{"message":"Größe"}', "utf16le"))).kind, "unreadable");
});

test("a number that would make Keptn refuse the event is reported as text", () => {
  assert.deepEqual(parseResult('{"a":1e400}'), { kind: "data", data: { a: "1e400" } });
});

const broken = (text: string, why: string) => assert.deepEqual(parseResult(text), { kind: "broken", text, why });

test("a malformed object is not taken for plain text", () => {
  broken('{"result":"fail","message":"it is "broken""}', "is neither JSON nor YAML (line 1, column 36)");
  broken("result: fail\nmessage: exit: 3\n", "is neither JSON nor YAML (line 2, column 10)");
  broken("a: 1\n---\nresult: fail\n", "is neither JSON nor YAML (line 2, column 1)");
  broken('[{"result":"fail"}]', "is a list");
  broken(`{"result":"fail","a":${"[".repeat(200)}${"]".repeat(200)}}`, "nests deeper than 100 levels");
  const long = JSON.stringify({ result: "fail", a: "x".repeat(4096) });
  broken(long.slice(-4096), "is longer than 4096 bytes, of which only the end is kept");
});

test("program output meant for people stays text", () => {
  for (const text of [
    "panic: no such file: {x}",
    "3 tests, 0 failures",
    '{"a":1}\n{"b":2}',
    "the result: 4\nof 5, status: x: y",
  ])
    assert.deepEqual(parseResult(text), { kind: "text", text });
});

test("the last of several equal keys wins, in YAML and in JSON", () => {
  for (const text of ["result: pass\nresult: fail\n", '{"result":"pass","result":"fail"}'])
    assert.deepEqual(parseResult(text), { kind: "data", data: { result: "fail" } });
});
