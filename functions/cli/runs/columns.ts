// Lays out a table that fits the terminal: the widest columns shrink first, and expendable ones are dropped.
import { fit, padEnd, widthOf } from "../timeline/text-width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Undefined: always as wide as its widest cell. */
  readonly least?: number;
  /** If there is no room, columns with a number are dropped, highest first. */
  readonly expendable?: number;
  /** How cells are shortened; by default, the beginning is kept. */
  readonly fit?: typeof fit;
  readonly paint?: (row: Row, text: string) => string;
}

const gap = "  ";

/** @param columns of the terminal; undefined: no terminal, nothing is shortened @returns the title line, then one line per row */
export const renderColumns = <Row>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  columns: number | undefined,
): string[] => {
  const measured = all.map((column): Measured<Row> => ({ ...column, width: widthOfColumn(column, rows) }));
  const shown = columns === undefined ? measured : narrow(choose(measured, columns), columns);
  const line = (render: (column: Measured<Row>, cut: (text: string) => string) => string) =>
    shown
      .map((column) => {
        const cut = (text: string) => (column.fit ?? fit)(text, column.width);
        return render(column, (text) => (column === shown.at(-1) ? cut(text) : padEnd(cut(text), column.width)));
      })
      .join(gap);
  return [
    line(({ title }, cut) => cut(title)),
    ...rows.map((row) => line(({ cell, paint }, cut) => paint?.(row, cut(cell(row))) ?? cut(cell(row)))),
  ];
};

type Measured<Row> = Column<Row> & { readonly width: number };

const widthOfColumn = <Row>({ title, cell }: Column<Row>, rows: readonly Row[]): number =>
  Math.max(widthOf(title), ...rows.map((row) => widthOf(cell(row))));

const sumOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + gap.length, -gap.length);

const leastOf = <Row>({ least, width }: Measured<Row>): number => Math.min(least ?? width, width);

/** Columns whose minimum widths fit. */
const choose = <Row>(all: readonly Measured<Row>[], columns: number): readonly Measured<Row>[] => {
  const first = all.toSorted((a, b) => (b.expendable ?? 0) - (a.expendable ?? 0))[0];
  if (sumOf(all.map(leastOf)) <= columns || !first?.expendable) return all;
  return choose(
    all.filter((column) => column !== first),
    columns,
  );
};

/** Shrinks the widest column, one character at a time. */
const narrow = <Row>(shown: readonly Measured<Row>[], columns: number): readonly Measured<Row>[] => {
  const widths = shown.map(({ width }) => width);
  while (sumOf(widths) > columns) {
    const rooms = shown.map((column, i) => ((widths[i] ?? 0) > leastOf(column) ? (widths[i] ?? 0) : 0));
    const widest = rooms.indexOf(Math.max(...rooms));
    if (!rooms[widest]) break;
    widths[widest] = rooms[widest] - 1;
  }
  return shown.map((column, i) => ({ ...column, width: widths[i] ?? 0 }));
};
