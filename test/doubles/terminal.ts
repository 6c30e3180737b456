// A terminal for tests: what was printed, and what is on its screen.
import { styleText } from "node:util";
import type { Screen, Terminal } from "../../functions/cli/terminal.ts";

export interface TestTerminal extends Terminal {
  readonly stdout: string[];
  readonly stderr: string[];
  interrupt(): void;
}

/** @param now moves by the test */
export const makeTerminal = (now: () => Date, screens: Terminal["screens"] = {}): TestTerminal => {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const listeners = new Set<() => void>();
  const print = (to: string[], screen: Screen | undefined) => (text: string) => {
    to.push(text);
    screen?.write(`${text}\n`);
  };
  return {
    ...{ stdout, stderr, screens, now, env: {} },
    out: print(stdout, screens.stdout),
    print: print(stdout, screens.stdout),
    say: print(stderr, screens.stderr),
    style: (format, text) => (screens.stderr ? styleText(format, text, { validateStream: false }) : text),
    paint: (format, text) => (screens.stdout ? styleText(format, text, { validateStream: false }) : text),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    interrupt: () => {
      for (const listener of listeners) listener();
    },
  };
};

export interface TestScreen extends Screen {
  /** The lines as somebody sees them, without empty ones at the end. */
  lines(): string[];
  isCursorHidden(): boolean;
  resize(columns: number): void;
}

/** Knows what a terminal does with the few control sequences that we send; lines wrap, and nothing scrolls. */
export const makeScreen = (size: { columns: number; rows: number }): TestScreen => {
  let { columns } = size;
  let cells: string[][] = [[]];
  let [row, column, hidden] = [0, 0, false];
  const lineAt = (index: number): string[] => {
    while (cells.length <= index) cells.push([]);
    return cells[index]!;
  };
  const put = (sign: string): void => {
    if (column === columns) [row, column] = [row + 1, 0];
    const line = lineAt(row);
    while (line.length < column) line.push(" ");
    line[column] = sign;
    column += 1;
  };
  const obey = (control: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as below
    const [, count = "1", kind] = /^\u001b\[\??(\d*)([A-Za-z])$/.exec(control) ?? [];
    if (kind === "A") row -= Number(count);
    if (kind === "K") lineAt(row).splice(column);
    if (kind === "J") {
      lineAt(row).splice(column);
      cells = cells.slice(0, row + 1);
    }
    if (kind === "l" || kind === "h") hidden = kind === "l";
  };
  return {
    columns: () => columns,
    rows: () => size.rows,
    write: (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
      for (const sign of text.match(/\u001b\[\??[\d;]*[A-Za-z]|[\s\S]/gu) ?? []) {
        if (sign === "\n") [row, column] = [row + 1, 0];
        else if (sign === "\r") column = 0;
        else if (sign.startsWith("\u001b")) obey(sign);
        else put(sign);
      }
    },
    lines: () => {
      const lines = cells.map((line) => line.join("").trimEnd());
      return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
    },
    isCursorHidden: () => hidden,
    resize: (to) => {
      columns = to;
    },
  };
};
