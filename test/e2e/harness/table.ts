// What the end-to-end test measured, as a table: where the time of a run went.
import type { Ran } from "./scenario.ts";

export interface Row {
  readonly name: string;
  readonly functions: "cold" | "warm";
  readonly toReleasedMs: number;
  readonly jobsMs: number;
  readonly toFinishedMs: number;
  readonly totalMs: number;
}

/** From `.triggered` on NATS to the first Job's release; its Jobs from release to end; from the last one's end to `.finished` on NATS. */
export const rowOf = (ran: Ran, functions: "cold" | "warm"): Row => {
  const released = ran.jobs.flatMap(({ releasedAtMs }) => releasedAtMs ?? []);
  const ended = ran.jobs.flatMap(({ endedAtMs }) => endedAtMs ?? []);
  const finishedAtMs = ran.finished.at(-1)?.atMs ?? Number.NaN;
  return {
    ...{ name: ran.name, functions },
    toReleasedMs: Math.min(...released) - ran.triggered.atMs,
    jobsMs: ran.jobs.reduce((sum, { releasedAtMs = 0, endedAtMs = 0 }) => sum + endedAtMs - releasedAtMs, 0),
    toFinishedMs: finishedAtMs - Math.max(...ended),
    totalMs: finishedAtMs - ran.triggered.atMs,
  };
};

const columns = ["case", "functions", ".triggered to released", "Jobs", "last end to .finished", "in all"];

export const renderTable = (rows: readonly Row[]): string => {
  const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(2) : "-");
  const cells = rows.map((row) => [
    ...[row.name, row.functions],
    ...[row.toReleasedMs, row.jobsMs, row.toFinishedMs, row.totalMs].map(seconds),
  ]);
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)));
  return [columns, ...cells].map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")).join("\n");
};
