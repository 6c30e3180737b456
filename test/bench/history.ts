// The history in docs/performance.md: one dated line of ratios for each run of the whole bench that was to be kept.
import { boundedOf, type Row } from "./measure.ts";
import { number } from "./render.ts";

const [begin, end] = ["<!-- history -->\n", "<!-- /history -->\n"];

/**
 * The page with one line more. A column that is new is empty in the lines before; one that was not measured now is empty in this one.
 * @throws Error when the page has no place for it
 */
export const addToHistory = (page: string, date: string, rows: readonly Row[]): string => {
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`the page has no ${begin.trim()} … ${end.trim()}`);
  const [names = [], , ...lines] = page.slice(from, to).trim().split("\n").map(cellsOf);
  const values = new Map(
    rows.flatMap((row): [string, string][] => (row.column ? [[row.column, number(boundedOf(row))]] : [])),
  );
  const columns = [...new Set([...names.slice(1).filter(Boolean), ...values.keys()])];
  const line = [date, ...columns.map((name) => values.get(name) ?? "")];
  const table = [["date", ...columns], ["---", ...columns.map(() => "---")], ...lines, line];
  const text = table.map((cells) => `| ${pad(cells, columns.length + 1).join(" | ")} |\n`);
  return page.slice(0, from) + text.join("") + page.slice(to);
};

const pad = (cells: readonly string[], length: number): string[] =>
  Array.from({ length }, (_, index) => cells[index] ?? "");

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
