import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { merge } from "./merge.ts";
import { isComplete, resultOf, type TaskEvent } from "./task.ts";

const cases: [string, unknown, unknown, unknown][] = [
  ["maps deeply", { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
  ["a string by the newer", { a: "old" }, { a: "new" }, { a: "new" }],
  ["arrays, the newer entries first", { a: [1] }, { a: [2] }, { a: [2, 1] }],
  ["a number not at all", { a: 1 }, { a: 2 }, { a: 1 }],
  ["a boolean not at all", { a: false }, { a: true }, { a: false }],
  ["another type by the newer", { a: [1], b: { c: 1 }, d: "x" }, { a: "y", b: 2, d: 3 }, { a: "y", b: 2, d: 3 }],
  ["what was null by the newer", { a: null }, { a: 1 }, { a: 1 }],
  ["null into nothing", { a: [1], b: "x", c: { d: 1 } }, { a: null, b: null, c: null }, { a: [1], b: "", c: { d: 1 } }],
];
describe("Keptn's double merges as shipyard-controller/internal/common/utils.go does", () => {
  for (const [what, older, newer, expected] of cases) {
    test(what, () => assert.deepEqual(merge(older, newer), expected));
  }
});

const event = (kind: string, result = "", status = ""): TaskEvent => ({
  ...{ eventType: `sh.keptn.event.test.${kind}`, source: "s", time: "", result, status },
  properties: kind === "finished" ? { result } : null,
});
const started = event("started");

describe("Keptn's double completes tasks as shipyard-controller/models/sequence_execution.go does", () => {
  const complete: [TaskEvent[], boolean][] = [
    [[], false],
    [[started], false],
    [[event("finished")], false],
    [[started, event("finished")], true],
    [[event("finished"), started], true],
    [[started, started, event("finished")], false],
    [[started, started, event("finished"), event("finished")], true],
  ];
  for (const [events, expected] of complete) {
    const names = events.map(({ eventType }) => eventType.split(".").at(-1)).join(", ") || "nothing";
    test(`${names}: ${expected ? "complete" : "waits"}`, () => assert.equal(isComplete(events), expected));
  }

  const outcomes: [[string, string][], [string, string]][] = [
    [[["pass", "succeeded"]], ["pass", "succeeded"]],
    [
      [
        ["warning", "succeeded"],
        ["pass", "succeeded"],
      ],
      ["warning", "succeeded"],
    ],
    [
      [
        ["warning", "succeeded"],
        ["fail", "succeeded"],
      ],
      ["fail", "succeeded"],
    ],
    [
      [
        ["pass", "errored"],
        ["pass", "aborted"],
      ],
      ["pass", "errored"],
    ],
    [
      [
        ["pass", "aborted"],
        ["pass", "succeeded"],
      ],
      ["pass", "aborted"],
    ],
    [[["pass", ""]], ["fail", "unknown"]],
    [[["", "succeeded"]], ["fail", "succeeded"]],
  ];
  for (const [finished, [result, status]] of outcomes) {
    test(`${JSON.stringify(finished)} is ${result}, ${status}`, () => {
      const all = resultOf([started, ...finished.map(([r, s]) => event("finished", r, s))]);
      assert.deepEqual([all.result, all.status], [result, status]);
    });
  }
});
