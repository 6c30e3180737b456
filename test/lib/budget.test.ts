import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { atEnd, makeBudget, withinBudget } from "../../functions/lib/budget.ts";
import { IoError } from "../../functions/lib/io-error.ts";

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it succeeded"),
    (error) => error,
  );

describe("waiting within a budget", () => {
  test("ends when the budget ends", async () => {
    const fault = await rejection(withinBudget(new Promise(() => {}), makeBudget(0.05)));
    assert.ok(fault instanceof IoError && fault.retryable && !fault.outcomeUnknown);
  });

  test("leaves no timer behind", async (context) => {
    const cleared = context.mock.method(globalThis, "clearTimeout");
    await withinBudget(Promise.resolve(), makeBudget(30));
    await new Promise(setImmediate);
    assert.equal(cleared.mock.callCount(), 1);
  });

  test("does not start when the budget has already ended", async () => {
    const budget = makeBudget(0);
    await new Promise<void>((resolve) => atEnd(budget, resolve));
    assert.ok((await rejection(withinBudget(new Promise(() => {}), budget))) instanceof IoError);
  });
});
