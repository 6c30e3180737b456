// Runs as a table, one line each, with reason and fix below stuck runs.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { renderDuration } from "../../lib/core/view/duration.ts";
import { shortIdOf } from "../../lib/core/view/find.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import type { Format, Paint } from "../terminal.ts";
import { fitEnd, wrapShort } from "../timeline/text-width.ts";
import { type Column, renderColumns } from "./columns.ts";
import { placeOf, shortTypeOf, signOf, taskWordsOf } from "./words.ts";

export interface TableStyle {
  /** Undefined: no terminal, lines are not shortened or wrapped. */
  readonly columns: number | undefined;
  readonly style: Paint;
  /** The runs are from several namespaces. */
  readonly namespaces: boolean;
}

export const renderTable = (runs: readonly RunView[], table: TableStyle): string => {
  const [titles = "", ...lines] = renderColumns(columnsOf(table), runs, table.columns);
  const rows = runs.flatMap((run, i) => {
    const isSaid = runs.findIndex(({ fix }) => fix === run.fix) < i; // print the same fix once
    return [
      lines[i] ?? "",
      ...renderNote(run.why, "yellow", table),
      ...renderNote(isSaid ? "" : run.fix, "dim", table),
    ];
  });
  return [table.style("bold", titles), ...rows].join("\n");
};

const columnsOf = ({ style, namespaces }: TableStyle): Column<RunView>[] => [
  {
    title: "STATE",
    cell: (run) => `${signOf(run).sign} ${signOf(run).word}`,
    paint: (run, text) => style(signOf(run).format, text),
  },
  { title: "RUN", cell: ({ id }) => shortIdOf(id) },
  { title: "AGE", cell: ({ ageSeconds }) => renderDuration(ageSeconds) },
  ...(namespaces ? [{ title: "NAMESPACE", cell: namespaceOf, least: 10 }] : []),
  { title: "TASK", cell: taskWordsOf, least: 14 },
  { title: "ACTION", cell: ({ action }) => oneLine(action), least: 10, expendable: 1 },
  { title: "SERVICE", cell: placeOf, least: 14, fit: fitEnd },
  { title: "EVENT", cell: shortTypeOf, least: 8, expendable: 2, paint: (_, text) => style("dim", text) },
];

const namespaceOf = ({ tasks }: RunView): string => tasks[0]?.namespace ?? "";

/** Indented, to keep the state column clear. */
const indent = "    ";

/** Longest text in the list; the detail view has all of it. */
const mostLines = 4;

export const renderNote = (text: string | undefined, format: Format, { columns, style }: TableStyle): string[] => {
  if (!text) return [];
  const lines = columns === undefined ? [text] : wrapShort(text, Math.max(20, columns - indent.length), mostLines);
  return lines.map((line) => `${indent}${style(format, line)}`);
};
