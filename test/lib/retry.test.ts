import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { atEnd, makeBudget } from "../../functions/lib/budget.ts";
import { IoError } from "../../functions/lib/io-error.ts";
import { retry } from "../../functions/lib/retry.ts";

/** Fails with these errors, one per attempt, then succeeds. */
const failing = (...faults: Error[]) => {
  const attempts = { made: 0 };
  const attempt = async () => {
    const fault = faults[attempts.made++];
    if (fault) throw fault;
    return "done";
  };
  return { attempts, attempt };
};
const passing = (more: object = {}) => new IoError("away", { retryable: true, ...more });
const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it succeeded"),
    (error) => error,
  );

describe("retries", () => {
  test("repeat transient failures until an attempt succeeds", async () => {
    const { attempt, attempts } = failing(passing(), passing());
    assert.equal(await retry(attempt, { budget: makeBudget(30) }), "done");
    assert.equal(attempts.made, 3);
  });

  test("do not repeat final failures or bugs", async () => {
    for (const fault of [new IoError("no", { retryable: false }), new TypeError("bug"), new Error("bug")]) {
      const { attempt, attempts } = failing(fault);
      assert.equal(await rejection(retry(attempt, { budget: makeBudget(30) })), fault);
      assert.equal(attempts.made, 1);
    }
  });

  test("ask whether a failure may be retried", async () => {
    const { attempt, attempts } = failing(passing(), passing({ outcomeUnknown: true }));
    const fault = await rejection(
      retry(attempt, { budget: makeBudget(30), mayRepeat: ({ outcomeUnknown }) => !outcomeUnknown }),
    );
    assert.ok(fault instanceof IoError && fault.outcomeUnknown);
    assert.equal(attempts.made, 2);
  });

  test("end with the budget and the last failure", async () => {
    const faults = Array.from({ length: 50 }, () => passing());
    const { attempt, attempts } = failing(...faults);
    const fault = await rejection(retry(attempt, { budget: makeBudget(1) }));
    assert.ok(attempts.made > 1 && attempts.made < 10, String(attempts.made));
    assert.equal(fault, faults[attempts.made - 1]);
  });

  test("wait as long as the server asks, and give up at once when that is too long", async () => {
    const patient = failing(passing({ retryAfterSeconds: 1 }));
    const before: string[] = [];
    const attempt = async () => {
      before.push("attempt");
      if (before.length === 1) setTimeout(() => before.push("900 ms"), 900);
      return patient.attempt();
    };
    await retry(attempt, { budget: makeBudget(30) });
    assert.deepEqual(before, ["attempt", "900 ms", "attempt"]);
    const hurried = failing(passing({ retryAfterSeconds: 60 }));
    await rejection(retry(hurried.attempt, { budget: makeBudget(30) }));
    assert.equal(hurried.attempts.made, 1);
  });

  test("remember that an earlier attempt may have taken effect", async () => {
    const refused = new IoError("no", { retryable: false, httpStatus: 400 });
    const fault = await rejection(
      retry(failing(passing({ outcomeUnknown: true }), refused).attempt, { budget: makeBudget(30) }),
    );
    assert.ok(fault instanceof IoError);
    assert.deepEqual(
      [fault.message, fault.retryable, fault.outcomeUnknown, fault.httpStatus],
      ["no", false, true, 400],
    );
  });

  test("keep the success of an attempt that outlived the budget", async () => {
    const budget = makeBudget(0.05);
    const slow = () => new Promise((resolve) => atEnd(budget, () => setTimeout(resolve, 20, "done")));
    assert.equal(await retry(slow, { budget }), "done");
  });

  test("go on without a budget until they succeed, or until the signal ends them during a pause", async () => {
    const { attempt, attempts } = failing(...Array.from({ length: 8 }, () => passing()));
    assert.equal(await retry(attempt, { firstPauseMs: 1, longestPauseMs: 2 }), "done");
    assert.equal(attempts.made, 9);
    const end = new AbortController();
    const asked = failing(passing({ retryAfterSeconds: 60 }));
    setTimeout(() => end.abort(), 50);
    await rejection(retry(asked.attempt, { firstPauseMs: 1, signal: end.signal }));
    assert.equal(asked.attempts.made, 1);
  });
});
