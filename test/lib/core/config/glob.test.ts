// Glob patterns for names: `*` anywhere, nothing else is special.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesAny, matchesGlob } from "../../../../functions/lib/core/config/glob.ts";

const table: readonly (readonly [pattern: string, fits: readonly string[], not: readonly string[]])[] = [
  ["carts", ["carts"], ["cart", "carts-2", ""]],
  ["team-*", ["team-a", "team-"], ["my-team-a", "team"]],
  ["*-deployer", ["a-deployer", "-deployer"], ["deployer", "a-deployers"]],
  ["a*b*c", ["abc", "a-b-c", "abbcc"], ["ac", "acb", "abcd"]],
  ["aba*aba", ["abaaba", "aba-aba"], ["aba", "ababa"]],
  ["*", ["", "x"], []],
  ["**", ["", "x"], []],
  ["*x*x*", ["xx", "axbxc"], ["x", "ax"]],
  ["a.c", ["a.c"], ["abc"]],
];

for (const [pattern, fits, not] of table) {
  test(`${pattern} matches ${fits.join(", ")}, but not ${not.join(", ")}`, () => {
    assert.deepEqual(
      fits.filter((name) => !matchesGlob(name, pattern)),
      [],
    );
    assert.deepEqual(
      not.filter((name) => matchesGlob(name, pattern)),
      [],
    );
  });
}

test("one matching pattern of several is enough; an empty list matches nothing", () => {
  assert.equal(matchesAny("team-a", ["x", "team-*"]), true);
  assert.equal(matchesAny("team-a", []), false);
});

test("a pattern of many stars is matched in linear time", () => {
  assert.equal(matchesGlob("a".repeat(253), `${"*a".repeat(120)}*b`), false);
});
