// The watch view of a cluster's runs: open runs with timelines, reported runs as lines below.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { renderDuration } from "../../lib/core/view/duration.ts";
import { shortIdOf } from "../../lib/core/view/find.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import { type Canvas, nameColumnsOf, renderLegend, renderTimeline } from "../timeline/render-timeline.ts";
import { fit, padEnd, widthOf } from "../timeline/text-width.ts";
import { renderNote, renderTable } from "./render-table.ts";
import { placeOf, shortTypeOf, signOf } from "./words.ts";

export interface BoardCanvas extends Canvas {
  readonly rows: number;
  readonly namespaces: boolean;
}

/** Omits the timelines if they do not all fit. */
export const renderBoard = (runs: readonly RunView[], canvas: BoardCanvas): string[] => {
  const open = runs.filter((run) => run.open);
  const over = runs.filter((run) => !run.open);
  const nameColumns = nameColumnsOf(
    open.flatMap(({ tasks }) => tasks),
    canvas.columns,
  );
  const timelines = open.flatMap((run) => [...renderOpen(run, { ...canvas, nameColumns }), ""]);
  const tableOf = (some: readonly RunView[]) => (some.length > 0 ? renderTable(some, canvas).split("\n") : []);
  const board = [...timelines, ...tableOf(over)];
  const lines = open.length > 0 && board.length + 2 < canvas.rows ? [...board, "", `  ${renderLegend(canvas)}`] : board;
  return timelines.length + Math.min(over.length, 2) < canvas.rows ? lines : tableOf(runs);
};

const renderOpen = (run: RunView, canvas: BoardCanvas): string[] => {
  const { columns, style } = canvas;
  const { sign, word, format } = signOf(run);
  const right = `  ${word}  ${renderDuration(run.ageSeconds)}`;
  const title = fit(`${sign} ${oneLine(run.action)}  `, columns - widthOf(right));
  const room = columns - widthOf(title) - widthOf(right);
  return [
    `${style(format, style("bold", title))}${style("dim", padEnd(aboutOf(run, room), room))}${style(format, right)}`,
    ...renderTimeline(run.tasks, canvas),
    ...renderNote(run.why, "yellow", canvas),
    ...renderNote(run.fix, "dim", canvas),
  ];
};

/** The longest form that fits. */
const aboutOf = (run: RunView, columns: number): string => {
  const [place, id] = [placeOf(run), shortIdOf(run.id)];
  return [`${place}  ${shortTypeOf(run)}  ${id}`, `${place}  ${id}`, id].find((text) => widthOf(text) <= columns) ?? "";
};
