// Tasks as bars on one time axis, one line each: waiting, starting, fetching files, running, done.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { renderDuration } from "../../lib/core/view/duration.ts";
import type { Phase } from "../../lib/core/view/phases.ts";
import type { Format, Paint } from "../terminal.ts";
import { type Axis, axisOf, type TimelineRow, workSeconds } from "./axis.ts";
import { phaseSigns, signOfTask, taskSigns } from "./signs.ts";
import { fit, padEnd, padStart, widthOf } from "./text-width.ts";

export interface Canvas {
  readonly columns: number;
  readonly nowMs: number;
  readonly style: Paint;
  /** Replaces the sign of an active task. */
  readonly spinner?: string;
  /** Width of the name column, to align several timelines: see {@link nameColumnsOf}. */
  readonly nameColumns?: number;
}

export const renderTimeline = (given: readonly TimelineRow[], canvas: Canvas): string[] => {
  const rows = given.map((row) => ({ ...row, name: oneLine(row.name) }));
  const axis = axisOf(rows, canvas.nowMs);
  const names = canvas.nameColumns ?? nameColumnsOf(rows, canvas.columns);
  // "✔ name  bar  1m20s", indented by two columns.
  const cells = Math.max(0, canvas.columns - 2 - 2 - names - 2 - 2 - timeColumns);
  return rows.map((row) => {
    const { sign, format } = signOfTask(row);
    const isAtWork = row.state === "running" || row.state === "init" || row.state === "starting";
    const head = canvas.style(format, isAtWork ? (canvas.spinner ?? sign) : sign);
    const name = padEnd(fit(row.name, names), names);
    const time = timeOf(row, canvas.nowMs);
    const bar = renderBar(row, { ...canvas, axis, cells });
    return `  ${head} ${name}  ${bar}  ${time && canvas.style("dim", padStart(time, timeColumns))}`.trimEnd();
  });
};

/** The width of the longest name, but at most a third of the line. */
export const nameColumnsOf = (rows: readonly TimelineRow[], columns: number): number =>
  Math.min(Math.max(0, ...rows.map(({ name }) => widthOf(oneLine(name)))), Math.floor(columns / 3));

/** Fits `23h59m` and `not run`. */
const timeColumns = 7;

const renderBar = (row: TimelineRow, { axis, cells, nowMs, style }: Canvas & { axis: Axis; cells: number }): string => {
  const perCell = (axis.toMs - axis.fromMs) / Math.max(1, cells);
  const painted: (Phase | undefined)[] = Array.from({ length: cells }, () => undefined);
  for (const phase of row.phases) {
    const first = Math.min(cells - 1, Math.floor((Date.parse(phase.from) - axis.fromMs) / perCell));
    const end = Math.round(((phase.until ? Date.parse(phase.until) : nowMs) - axis.fromMs) / perCell);
    painted.fill(phase, Math.max(0, first), Math.max(first + 1, end)); // short phases get one cell
  }
  const parts = groupRuns(painted).map(([phase, length]) => {
    if (!phase) return " ".repeat(length);
    const { sign } = phaseSigns[phase.phase];
    return style(formatOf(phase, row), sign.repeat(length));
  });
  return parts.join("");
};

/** The running phase has the colour of the task's result. */
const formatOf = ({ phase, failed }: Phase, row: TimelineRow): Format => {
  if (phase !== "running") return phaseSigns[phase].format;
  if (failed) return taskSigns.failed.format;
  return row.state === "running" ? phaseSigns.running.format : signOfTask(row).format;
};

const groupRuns = <T>(cells: readonly T[]): [T, number][] => {
  const groups: [T, number][] = [];
  for (const cell of cells) {
    const last = groups.at(-1);
    if (last && last[0] === cell) last[1] += 1;
    else groups.push([cell, 1]);
  }
  return groups;
};

const timeOf = (row: TimelineRow, nowMs: number): string => {
  const seconds = workSeconds(row, nowMs);
  if (seconds === undefined) return ["missing", "skipped", "failed"].includes(row.state) ? "not run" : "";
  return seconds < 10 && !Number.isInteger(seconds) ? `${seconds.toFixed(1)}s` : renderDuration(seconds);
};

/** Explains the strokes. */
export const renderLegend = ({ style }: Pick<Canvas, "style">): string =>
  Object.values(phaseSigns)
    .map(({ sign, word, format }) => `${style(format, sign.repeat(2))} ${style("dim", word)}`)
    .join("   ");
