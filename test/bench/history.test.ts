import assert from "node:assert/strict";
import { test } from "node:test";
import { addToHistory } from "./history.ts";
import { plainRow, timesRow } from "./row.ts";

const memory = (mib: number) => plainRow({ name: "memory", unit: "MiB", values: [mib], column: "MiB" });
const start = timesRow({ name: "start", unit: "ms", values: [30], column: "start" }, { name: "bare", values: [10] });
const page = "# Speed\n<!-- history -->\n<!-- /history -->\nMore.\n";

test("a line has the ratio of each row that has a column, or its value", () => {
  const once = addToHistory(page, "2026-01-01", [start, memory(64)]);
  assert.equal(
    once,
    `# Speed
<!-- history -->
| date | start | MiB |
| --- | --- | --- |
| 2026-01-01 | 3 | 64 |
<!-- /history -->
More.
`,
  );
});

test("lines before stay, and a column more or less moves nothing", () => {
  const twice = addToHistory(addToHistory(page, "2026-01-01", [memory(64)]), "2026-01-02", [start]);
  assert.match(twice, /\| date \| MiB \| start \|\n.*\n\| 2026-01-01 \| 64 \| {2}\|\n\| 2026-01-02 \| {2}\| 3 \|\n/);
});

test("a page without a place for it is said so", () => {
  assert.throws(() => addToHistory("# Speed\n", "2026-01-01", []), /no <!-- history -->/);
});
