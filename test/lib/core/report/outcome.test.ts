import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { End, Outcome } from "../../../../functions/lib/core/annotations/annotations.ts";
import { makeFinished } from "../../../../functions/lib/core/report/finished-event.ts";
import { outcomeOfEnd, outcomeOfFinished } from "../../../../functions/lib/core/report/outcome.ts";
import { testEvent } from "../../../runs.ts";

const finishedWith = (data: Record<string, unknown>) =>
  makeFinished({
    ...{ event: testEvent, source: "jes", maxBytes: 10_000 },
    reports: [{ task: "t", passed: true, ranToEnd: true, containers: [] }],
    results: [{ kind: "data", data }],
  });

describe("the outcome of a run", () => {
  const told: readonly (readonly [Record<string, unknown>, Outcome])[] = [
    [{}, "passed"],
    [{ result: "warning" }, "warning"],
    [{ result: "fail" }, "failed"],
    [{ status: "errored" }, "errored"],
    [{ status: "aborted", result: "pass" }, "errored"],
  ];
  for (const [data, outcome] of told) {
    test(`that reports ${JSON.stringify(data)} to Keptn is ${outcome}`, () => {
      assert.equal(outcomeOfFinished(finishedWith(data)), outcome);
    });
  }
  test("of a silent run is how it ended", () => {
    const ends: readonly (readonly [End, Outcome])[] = [
      [{ kind: "passed" }, "passed"],
      [{ kind: "failed", task: 0 }, "failed"],
      [{ kind: "deleted", task: 0 }, "errored"],
      [{ kind: "could-not-start", task: 0, why: "no image" }, "errored"],
    ];
    for (const [end, outcome] of ends) assert.equal(outcomeOfEnd(end), outcome);
  });
});
