// A table of the end-to-end test's measurements: where the time of a run went.
import { spreadOf } from "../../bench/statistics.ts";
import type { Ran } from "./scenario.ts";
import type { Shares } from "./shares.ts";

/** Milliseconds of one run; NaN where it was not measured. */
interface Times {
  readonly toReleased: number;
  readonly startJob: number;
  readonly jobs: number;
  readonly toFinished: number;
  readonly finishTask: number;
  readonly total: number;
}

export interface Row {
  readonly name: string;
  readonly functions: "cold" | "warm";
  /** Of one run or more: the table has their medians. */
  readonly times: readonly Times[];
  /** Milliseconds that the same pods took by themselves. */
  readonly alone?: readonly number[];
}

/** From `.triggered` on NATS to the first Job's release; its Jobs from release to end; from the last one's end to `.finished` on NATS. */
export const timesOf = (ran: Ran, { startJobMs, finishTaskMs }: Shares): Times => {
  const released = ran.jobs.flatMap(({ releasedAtMs }) => releasedAtMs ?? []);
  const ended = ran.jobs.flatMap(({ endedAtMs }) => endedAtMs ?? []);
  const finishedAtMs = ran.finished.at(-1)?.atMs ?? Number.NaN;
  return {
    toReleased: Math.min(...released) - ran.triggered.atMs,
    startJob: startJobMs,
    jobs: ran.jobs.reduce((sum, { releasedAtMs = 0, endedAtMs = 0 }) => sum + endedAtMs - releasedAtMs, 0),
    toFinished: finishedAtMs - Math.max(...ended),
    finishTask: finishTaskMs,
    total: finishedAtMs - ran.triggered.atMs,
  };
};

const columns = [
  ...["case", "functions", "runs", ".triggered to released", "of it start-job with its calls", "Jobs"],
  ...["last end to .finished", "of it finish-task with its calls", "in all", "the Job alone", "over it"],
];

export const renderTable = (rows: readonly Row[]): string => {
  const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(2) : "-");
  const cells = rows.map(({ name, functions, times, alone = [] }) => {
    const middle = (key: keyof Times) => spreadOf(times.map((one) => one[key])).median;
    const keys = ["toReleased", "startJob", "jobs", "toFinished", "finishTask", "total"] as const;
    const aloneMs = spreadOf(alone).median;
    return [
      name,
      functions,
      String(times.length),
      ...[...keys.map(middle), aloneMs, middle("total") - aloneMs].map(seconds),
    ];
  });
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)));
  return [columns, ...cells]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

/** Our pods over time: `0 s: 0, 101 s: 1, ...`. */
export const renderPods = (history: readonly { readonly atMs: number; readonly functions: number }[]): string => {
  const changes = history.filter(({ functions }, i) => functions !== history[i - 1]?.functions);
  const begunMs = changes[0]?.atMs ?? 0;
  return changes.map(({ atMs, functions }) => `${Math.round((atMs - begunMs) / 1000)} s: ${functions}`).join(", ");
};
