// The last lines of a terminal, drawn anew in their place, with what else is printed above them.
import { stripVTControlCharacters } from "node:util";
import type { Screen } from "../terminal.ts";
import { widthOf } from "./text-width.ts";

export interface LiveBlock {
  /** In the place of what was drawn before. Lines that do not fit the height are left out at the end. */
  draw(lines: readonly string[]): void;
  /** Takes the block away, lets something be printed where it was, and draws it again below. */
  above(print: () => void): void;
  /** What was drawn stays; or goes, with `clear`. The cursor is there again. */
  end(how?: { readonly clear: boolean }): void;
}

const control = {
  hideCursor: "\u001b[?25l",
  showCursor: "\u001b[?25h",
  eraseToEnd: "\u001b[0J",
  eraseLine: "\u001b[0K",
  up: (lines: number) => (lines > 0 ? `\u001b[${lines}A` : ""),
} as const;

export const makeLiveBlock = (screen: Screen): LiveBlock => {
  let drawn: readonly string[] = [];
  let hidden = false;

  const toTop = (): string => `\r${control.up(heightOf(drawn, screen.columns()))}`;
  const erase = (): void => {
    if (drawn.length > 0) screen.write(toTop() + control.eraseToEnd);
    drawn = [];
  };
  const draw = (lines: readonly string[]): void => {
    const shown = fitHeight(lines, screen);
    const start = drawn.length > 0 ? toTop() : "";
    // One write: nobody sees a half of it.
    const text = shown.map((line) => `${line}${control.eraseLine}\n`).join("") + control.eraseToEnd;
    screen.write(`${hidden ? "" : control.hideCursor}${start}${text}`);
    [drawn, hidden] = [shown, true];
  };
  return {
    draw,
    above: (print) => {
      const before = drawn;
      erase();
      print();
      if (before.length > 0) draw(before);
    },
    end: ({ clear } = { clear: false }) => {
      if (clear) erase();
      if (hidden) screen.write(control.showCursor);
      [drawn, hidden] = [[], false];
    },
  };
};

/** What scrolls out of sight at the top could not be drawn anew. */
const fitHeight = (lines: readonly string[], screen: Screen): readonly string[] => {
  let shown = lines;
  while (shown.length > 1 && heightOf(shown, screen.columns()) > screen.rows() - 1) shown = shown.slice(0, -1);
  return shown;
};

/** Lines that are too long are wrapped, and so are all when a terminal is made narrower. */
const heightOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)), 0);

/** Output of others, for {@link LiveBlock.above}: colours stay; what moves the cursor or clears the screen would spoil our drawing. */
export const tame = (line: string): string =>
  line
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for (ECMA-48)
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-ln-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_78=>])/g, "")
    .replace(/\r+$/, "")
    .replace(/^[\s\S]*\r/, "") // a progress bar, as it ended
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab and the beginning of a colour stay
    .replace(/[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f]/g, "");
