import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  covers,
  intersects,
  isPattern,
  isSubject,
  leastSubjects,
} from "../../../../functions/lib/core/source/subject.ts";

const type = "sh.keptn.event.test.triggered";

describe("subjects", () => {
  for (const [wide, narrow, expected] of [
    [type, type, true],
    ["sh.keptn.event.*.triggered", type, true],
    ["sh.keptn.event.>", type, true],
    ["sh.>", type, true],
    [">", type, true],
    ["sh.keptn.event.*", type, false],
    ["sh.keptn.event.test.triggered.>", type, false],
    ["sh.keptn.event.*.triggered", "sh.keptn.event.dev.delivery.triggered", false],
    ["sh.keptn.event.>", "sh.keptn.event.dev.delivery.triggered", true],
    ["sh.keptn.event.te*.triggered", type, false],
    ["sh.keptn.event.*.triggered", "sh.keptn.event.>", false],
    ["sh.keptn.event.>", "sh.keptn.event.*.triggered", true],
    [type, "sh.keptn.event.*.triggered", false],
    ["sh.keptn.event.*.*", "sh.keptn.event.*.triggered", true],
  ] as const) {
    test(`${wide} ${expected ? "covers" : "does not cover"} ${narrow}`, () =>
      assert.equal(covers(wide, narrow), expected));
  }

  const part = fc.constantFrom("a", "b", "*");
  const pattern = fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([parts, open]) => [...parts, ...(open ? [">"] : [])].join("."));
  const literal = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("."));

  test("covering is transitive", () => {
    fc.assert(
      fc.property(pattern, pattern, literal, (wide, narrow, one) => {
        if (covers(wide, narrow) && covers(narrow, one)) assert.ok(covers(wide, one));
      }),
    );
  });

  for (const [one, other, expected] of [
    ["a.*.c", "a.b.*", true],
    ["a.*.c", "a.*.d", false],
    ["a.>", "*.b", true],
    ["a.>", "a", false],
    [">", "a.>", true],
    ["a.b", "a.b.c", false],
  ] as const) {
    test(`${one} and ${other} ${expected ? "share types" : "share no type"}`, () => {
      assert.deepEqual([intersects(one, other), intersects(other, one)], [expected, expected]);
    });
  }

  test("patterns that share a type or cover each other intersect", () => {
    fc.assert(
      fc.property(pattern, pattern, literal, (one, other, type) => {
        if (covers(one, type) && covers(other, type)) assert.ok(intersects(one, other));
        if (covers(one, other)) assert.ok(intersects(one, other));
        if (!isPattern(other)) assert.equal(intersects(one, other), covers(one, other));
      }),
    );
  });

  test("the least subjects cover exactly the types of the given ones, and none covers another", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), literal, (all, one) => {
        const least = leastSubjects(all);
        const by = (subjects: readonly string[]) => subjects.some((subject) => covers(subject, one));
        assert.equal(by(least), by(all));
        assert.ok(least.every((a) => least.every((b) => a === b || !covers(a, b))));
      }),
    );
  });

  test("are subscribed to once, however often they are given", () => {
    assert.deepEqual(leastSubjects([type, "sh.keptn.event.*.triggered", type, "sh.keptn.log.error"]), [
      "sh.keptn.event.*.triggered",
      "sh.keptn.log.error",
    ]);
  });

  test("are patterns when a whole part is a wildcard", () => {
    assert.deepEqual([type, "a.*.b", "a.>", ">", "a.b*", "a.>b"].map(isPattern), [
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("that NATS would refuse are invalid", () => {
    assert.deepEqual(["", "a..b", ".a", "a.", "a b", "a.>.b", "a\tb"].map(isSubject), Array(7).fill(false));
    assert.deepEqual([type, ">", "a.>", "*.b"].map(isSubject), [true, true, true, true]);
  });
});
