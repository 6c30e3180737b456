import assert from "node:assert/strict";
import { test } from "node:test";
import { boundedOf, keepsBound } from "./measure.ts";
import { countRows, fasterRow, plainRow, timesRow } from "./row.ts";

const row = { name: "start", unit: "ms", values: [30] } as const;

test("a bound speaks of the ratio where there is one", () => {
  const times = timesRow({ ...row, bound: { most: 3 } }, { name: "bare", values: [10] });
  assert.deepEqual([boundedOf(times), keepsBound(times)], [3, true]);
  assert.ok(!keepsBound({ ...times, bound: { most: 2.9 } }));
});

test("faster is the other way round", () => {
  const faster = fasterRow({ ...row, bound: { least: 6 } }, { name: "naive", values: [180] });
  assert.deepEqual([boundedOf(faster), keepsBound(faster)], [6, true]);
  assert.ok(!keepsBound({ ...faster, bound: { least: 6.1 } }));
});

test("without a ratio, of the value; without a bound, all is well", () => {
  assert.ok(!keepsBound(plainRow({ ...row, bound: { most: 29 } })));
  assert.ok(keepsBound(plainRow(row)));
});

test("what was not measured keeps no bound", () => {
  assert.ok(!keepsBound(plainRow({ ...row, values: [], bound: { most: 29 } })));
});

test("each kind of call has its row", () => {
  const rows = countRows({ "keptn GET resource": 1, "kubernetes PATCH jobs": 3 });
  assert.deepEqual(rows.map(({ value }) => value.median), [1, 3]); // biome-ignore format: one line
});
