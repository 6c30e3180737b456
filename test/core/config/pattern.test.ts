// Event names: RE2, unanchored, and the warning for names of which only a part is given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { anchorOf, checkPattern, matchesPattern } from "../../../functions/core/config/pattern.ts";

const type = "sh.keptn.event.test.triggered";

test("finds a name anywhere in the type, as JES does", () => {
  for (const name of [type, "test", "sh.keptn.event.*.triggered", "(test|deployment).triggered", "^sh", "(?i)TEST"]) {
    assert.equal(matchesPattern(name, type), true, name);
  }
  for (const name of ["deployment", "^test", "test$", "sh.keptn.event.test.triggered.x"]) {
    assert.equal(matchesPattern(name, type), false, name);
  }
});

test("takes what RE2 refuses for a problem, and never for a match", () => {
  for (const name of ["*.triggered", "(test", "(?=test)", "\\1", "[a", "a{65}", "\\pL\\pN\\pP", "x".repeat(300)]) {
    assert.equal(checkPattern(name)?.code, "bad-pattern", name);
    assert.equal(matchesPattern(name, type), false, name);
  }
});

test("is not held up by a pattern that would hang a backtracking engine", () => {
  assert.equal(matchesPattern("(a+)+$", `${"a".repeat(5000)}!`), false);
});

test("offers the anchored pattern where only a part of a type is given", () => {
  assert.equal(anchorOf("sh.keptn.event.deploy"), "^sh\\.keptn\\.event\\.deploy\\.triggered$");
  assert.equal(anchorOf("test.triggered"), "^sh\\.keptn\\.event\\.test\\.triggered$");
  for (const whole of [type, "sh.keptn.event.dev.delivery.finished", "sh.keptn.log.error", "sh.keptn.*", "^test$"]) {
    assert.equal(anchorOf(whole), undefined, whole);
  }
});
