// The table of a bench, for people: what was measured, against what, and whether it is as good as it has to be.
import { type Bound, keepsBound, type Row } from "./measure.ts";
import type { Spread } from "./statistics.ts";

export const renderTable = (title: string, rows: readonly Row[]): string => {
  const cells = [["", "median", "spread", "against", "ratio", "bound", ""], ...rows.map(cellsOf)];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  return `${title}\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n`;
};

const cellsOf = (row: Row): string[] => [
  row.name,
  `${number(row.value.median)} ${row.unit}`,
  range(row.value),
  row.against ? `${number(row.against.value.median)} ${row.against.name}` : "",
  row.ratio ? `${number(row.ratio.value.median)} ${row.ratio.kind} (${range(row.ratio.value)})` : "",
  row.bound ? renderBound(row.bound) : "",
  row.bound ? (keepsBound(row) ? "ok" : "MISSED") : "",
];

export const renderBound = (bound: Bound): string =>
  "most" in bound ? `at most ${bound.most}` : `at least ${bound.least}`;

/** Three digits say all that a measurement knows. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toPrecision(value < 1 ? 2 : 3);
};

const range = ({ low, high }: Spread): string => (low === high ? "" : `${number(low)}–${number(high)}`);
