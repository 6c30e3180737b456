import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  checkFileEntries,
  checkFileName,
  parseFileEntry,
  renderName,
} from "../../../../functions/lib/core/files/file-names.ts";

test("an entry means the same with and without leading ./ and slashes", () => {
  assert.deepEqual(parseFileEntry("helm"), { path: "helm", folderOnly: false });
  assert.deepEqual(parseFileEntry("/helm"), { path: "helm", folderOnly: false });
  assert.deepEqual(parseFileEntry("./helm"), { path: "helm", folderOnly: false });
  assert.deepEqual(parseFileEntry("/helm/"), { path: "helm", folderOnly: true });
  assert.deepEqual(parseFileEntry("helm/charts/"), { path: "helm/charts", folderOnly: true });
});

test("an empty entry, a slash and a dot mean everything", () => {
  for (const text of ["", "/", ".", "./"]) assert.deepEqual(parseFileEntry(text), { path: "", folderOnly: true }, text);
});

test("a hidden file keeps its dot", () => {
  assert.equal(parseFileEntry(".gitlab-ci.yml").path, ".gitlab-ci.yml");
  assert.equal(parseFileEntry("..").path, "..");
});

const refused: [string, RegExp][] = [
  ["../x", /"\.\." as a folder/],
  ["a/../../x", /"\.\." as a folder/],
  ["a/./x", /"\.\." as a folder/],
  ["..", /"\.\." as a folder/],
  ["/etc/passwd", /is an absolute path/],
  ["a\\..\\x", /backslash/],
  ["C:\\x", /backslash/],
  ["a\0b", /NUL/],
  ["a//b", /empty path segment/],
  ["a/", /empty path segment/],
  ["", /empty path segment/],
  ["a..b", /Keptn's API refuses/],
  ["notes.txt~", /Keptn's API refuses/],
  [".fetch-files/1", /reserved for fetch-files/],
  ["\ud800", /Unicode/],
  ["ä".repeat(128), /more than 255 bytes/],
  [Array(820).fill("abcd").join("/"), /more than 4088 bytes/],
];

for (const [name, why] of refused) {
  test(`refuses the name ${renderName(name).slice(0, 40)} and quotes it`, () => {
    const problem = checkFileName(name);
    assert.match(problem?.message ?? "", why);
    assert.ok(problem?.message.includes(renderName(name)));
  });
}

test("accepts every name that Linux and Keptn accept", () => {
  const good = [
    "a",
    "a b.txt",
    "50%+1",
    "ümläut/日本.txt",
    "-rf",
    "...x".slice(2),
    "a\nb",
    "x".repeat(255),
    "ä".repeat(127),
  ];
  assert.deepEqual(
    good.map(checkFileName),
    good.map(() => undefined),
  );
});

test("all entries are checked at once, and an entry for everything is valid", () => {
  const problems = checkFileEntries(["/", "ok", "//etc/passwd", "../up", "a/../b"]);
  assert.deepEqual(
    problems.map((problem) => problem.code),
    Array(3).fill("unsafe-file-name"),
  );
});

test("a file name cannot disguise itself in a message", () => {
  assert.equal(renderName("a/b-c.txt"), "a/b-c.txt");
  assert.equal(renderName("x\nTask succeeded"), '"x\\nTask succeeded"');
  assert.ok(renderName("y".repeat(5000)).length < 400);
});

const segment = fc.oneof(
  fc.constantFrom("..", ".", "", "a", "~", "\\", "\0", "%2e%2e", "．．"),
  fc.string({ unit: "binary" }),
);
const anyName = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((parts) => parts.join("/")),
  fc.string({ unit: "binary" }),
);

test("no accepted name leads out of its folder", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      if (checkFileName(name)) return;
      const full = posix.resolve("/keptn", name);
      assert.ok(full.startsWith("/keptn/"));
      assert.equal(full, `/keptn/${name}`);
    }),
    { numRuns: 5000 },
  );
});

test("an accepted entry means everything or has an accepted name", () => {
  fc.assert(
    fc.property(anyName, (text) => {
      const { path } = parseFileEntry(text);
      assert.equal(checkFileEntries([text]).length, path === "" || !checkFileName(path) ? 0 : 1);
    }),
  );
});
