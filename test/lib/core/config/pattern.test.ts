// Event names: RE2, unanchored, with a warning for partial names.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { anchorOf, checkPattern, matchesPattern } from "../../../../functions/lib/core/config/pattern.ts";

const type = "sh.keptn.event.test.triggered";

test("finds a name anywhere in the type, as JES does", () => {
  for (const name of [type, "test", "sh.keptn.event.*.triggered", "(test|deployment).triggered", "^sh", "(?i)TEST"]) {
    assert.equal(matchesPattern(name, type), true, name);
  }
  for (const name of ["deployment", "^test", "test$", "sh.keptn.event.test.triggered.x"]) {
    assert.equal(matchesPattern(name, type), false, name);
  }
});

test("reports a pattern that RE2 refuses, and never matches it", () => {
  for (const name of ["*.triggered", "(test", "(?=test)", "\\1", "[a", "a{65}", "\\pL\\pN\\pP", "x".repeat(300)]) {
    assert.equal(checkPattern(name)?.code, "bad-pattern", name);
    assert.equal(matchesPattern(name, type), false, name);
  }
});

test("matches plain names as RE2 does, although JavaScript's engine matches them", () => {
  const name = fc
    .tuple(
      fc.constantFrom("", "^"),
      fc.string({ unit: fc.constantFrom("a", "b", "-", ".", "\\.") }),
      fc.constantFrom("", "$"),
    )
    .map((parts) => parts.join(""));
  const text = fc.string({ unit: fc.constantFrom("a", "b", "-", ".", "\n", "\r", "\u2028", "é", "😀") });
  fc.assert(
    fc.property(name, text, (pattern, type) => {
      assert.equal(matchesPattern(pattern, type), RE2JS.compile(pattern).matcher(type).find());
    }),
    { numRuns: 500 },
  );
});

test("is not slowed down by a pattern that hangs a backtracking engine", () => {
  assert.equal(matchesPattern("(a+)+$", `${"a".repeat(5000)}!`), false);
});

test("suggests the anchored pattern for a partial type", () => {
  assert.equal(anchorOf("sh.keptn.event.deploy"), "^sh\\.keptn\\.event\\.deploy\\.triggered$");
  assert.equal(anchorOf("test.triggered"), "^sh\\.keptn\\.event\\.test\\.triggered$");
  for (const whole of [type, "sh.keptn.event.dev.delivery.finished", "sh.keptn.log.error", "sh.keptn.*", "^test$"]) {
    assert.equal(anchorOf(whole), undefined, whole);
  }
});
