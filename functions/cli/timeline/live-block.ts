// A block at the end of the terminal that is redrawn in place, with other output above it.
import { stripVTControlCharacters } from "node:util";
import type { Screen } from "../terminal.ts";
import { widthOf } from "./text-width.ts";

const control = {
  hideCursor: "\u001b[?25l",
  showCursor: "\u001b[?25h",
  eraseToEnd: "\u001b[0J",
  eraseLine: "\u001b[0K",
  up: (lines: number) => (lines > 0 ? `\u001b[${lines}A` : ""),
} as const;

export const makeLiveBlock = (screen: Screen) => {
  let drawn: readonly string[] = [];
  let hidden = false;
  const toTop = (): string => `\r${control.up(heightOf(drawn, screen.columns()))}`;
  /** Replaces the previous block. Lines beyond the terminal's height are cut off at the end. */
  const draw = (lines: readonly string[]): void => {
    const shown = fitHeight(lines, screen);
    const start = drawn.length > 0 ? toTop() : "";
    // One write, to avoid flicker.
    const text = shown.map((line) => `${line}${control.eraseLine}\n`).join("") + control.eraseToEnd;
    screen.write(`${hidden ? "" : control.hideCursor}${start}${text}`);
    [drawn, hidden] = [shown, true];
  };
  return {
    draw,
    /** Erases the block, prints in its place, and draws the block again below. */
    above: (print: () => void): void => {
      const before = drawn;
      if (before.length > 0) screen.write(toTop() + control.eraseToEnd);
      drawn = [];
      print();
      if (before.length > 0) draw(before);
    },
    /** Keeps the block, and shows the cursor. */
    end: (): void => {
      if (hidden) screen.write(control.showCursor);
      [drawn, hidden] = [[], false];
    },
  };
};

/** Lines that scroll off the top cannot be redrawn. */
const fitHeight = (lines: readonly string[], screen: Screen): readonly string[] => {
  let shown = lines;
  while (shown.length > 1 && heightOf(shown, screen.columns()) > screen.rows() - 1) shown = shown.slice(0, -1);
  return shown;
};

/** The terminal wraps long lines, and rewraps all lines when it becomes narrower. */
const heightOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)), 0);

/** Cleans external output to be printed above a block: keeps colours, and removes cursor movement and screen clearing. */
export const tame = (line: string): string =>
  line
    // biome-ignore lint/suspicious/noControlCharactersInRegex: matches control sequences (ECMA-48)
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-ln-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_78=>])/g, "")
    .replace(/\r+$/, "")
    .replace(/^[\s\S]*\r/, "") // keeps the final state of a progress bar
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above; keeps tabs and ESC
    .replace(/[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f]/g, "");
