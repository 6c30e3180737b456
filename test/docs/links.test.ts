// Links between pages lead somewhere: the file is there, and so is the heading. So are files that pages only name.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, test } from "node:test";
import { type Page, pages, readPage } from "./pages.ts";

const all = pages();
const byFile = new Map(all.map((page) => [page.file, page]));

const brokenIn = (page: Page): string[] =>
  page.links
    .filter(({ text }) => !/^[a-z][a-z+.-]*:/.test(text))
    .filter(({ text }) => !leadsSomewhere(text, page))
    .map(({ text, line }) => `${page.file}:${line} ${text}`);

const leadsSomewhere = (link: string, page: Page): boolean => {
  const [path = "", anchor] = decodeURI(link).split("#");
  const file = path === "" ? page.file : normalize(join(dirname(page.file), path));
  const target = file === page.file ? page : byFile.get(file);
  if (!target) return existsSync(file);
  return anchor === undefined || target.anchors.has(anchor);
};

describe("links", () => {
  test("are found at all", () => {
    assert.ok(byFile.has("README.md") && all.flatMap(({ links }) => links).length > 100);
  });
  for (const page of all) {
    test(`of ${page.file} lead somewhere`, () => assert.deepEqual(brokenIn(page), []));
  }
  for (const { file, paths } of all.filter((page) => page.paths.length > 0)) {
    test(`of ${file} have paths beside them that exist`, () => {
      assert.deepEqual(
        paths.filter(({ text }) => !existsSync(text)),
        [],
      );
    });
  }
  test("that lead nowhere are found", () => {
    const text =
      "# A `b`, c\n[ok](#a-b-c) [no](#a) `[code](x)`\n```\n[code](y)\n```\n[no](nothing.md) ![no](x.svg) [ok](files.md#limits)\n";
    const broken = ["docs/x.md:2 #a", "docs/x.md:6 nothing.md", "docs/x.md:6 x.svg"];
    assert.deepEqual(brokenIn(readPage("docs/x.md", text)), broken);
  });
});
