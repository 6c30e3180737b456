import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { limitConcurrency } from "../../../functions/lib/host/limit-concurrency.ts";
import { IoError } from "../../../functions/lib/io-error.ts";

test("runs a limited number of tasks at a time, each with its own result", async () => {
  const inTurn = limitConcurrency({ sideBySide: 3, mostWaitMs: 10_000 });
  let [now, most] = [0, 0];
  const work = (n: number) => async () => {
    most = Math.max(most, ++now);
    await sleep(1);
    now--;
    return n;
  };
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => inTurn(work(n))));
  assert.deepEqual([most, results], [3, Array.from({ length: 20 }, (_, n) => n)]);
});

test("a failure frees its slot", async () => {
  const inTurn = limitConcurrency({ sideBySide: 1, mostWaitMs: 10_000 });
  const failing = inTurn(async () => {
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.equal(await inTurn(async () => "yes"), "yes");
});

test("a task that waited too long does not start, and may be retried", async () => {
  const inTurn = limitConcurrency({ sideBySide: 1, mostWaitMs: 10 });
  const first = inTurn(() => sleep(50));
  let begun = false;
  const late = inTurn(async () => {
    begun = true;
  });
  await assert.rejects(late, (fault) => fault instanceof IoError && fault.retryable);
  await first;
  assert.equal(begun, false);
});
