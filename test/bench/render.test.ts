import assert from "node:assert/strict";
import { test } from "node:test";
import { number, renderTable } from "./render.ts";
import { plainRow, timesRow } from "./row.ts";

test("three digits say all, and whole numbers stay whole", () => {
  assert.deepEqual([1234.5, 100, 12.34, 7, 0.123, Number.NaN].map(number), ["1235", "100", "12.3", "7", "0.12", "-"]);
});

test("a table shows value, floor, ratio and whether the bound is kept", () => {
  const start = { name: "start", unit: "ms", values: [20, 22, 24], bound: { most: 3 } } as const;
  const rows = [
    timesRow(start, { name: "bare", values: [10, 10, 10] }),
    plainRow({ name: "memory", unit: "MiB", values: [90], bound: { most: 80 } }),
  ];
  assert.equal(
    renderTable("cold", rows),
    `cold
          median  spread  against  ratio                   bound
  start   22 ms   22–24   10 bare  2.20 times (2.20–2.40)  at most 3   ok
  memory  90 MiB                                           at most 80  MISSED
`,
  );
});
