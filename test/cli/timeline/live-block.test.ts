import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeLiveBlock, tame } from "../../../functions/cli/timeline/live-block.ts";
import { makeScreen } from "../../doubles/terminal.ts";

describe("the last lines of a terminal", () => {
  test("are drawn over the previous ones, whether there are more or fewer", () => {
    const screen = makeScreen({ columns: 20, rows: 10 });
    const block = makeLiveBlock(screen);
    block.draw(["one", "two"]);
    block.draw(["three", "four", "five"]);
    assert.deepEqual(screen.lines(), ["three", "four", "five"]);
    block.draw(["six"]);
    assert.deepEqual(screen.lines(), ["six"]);
  });
  test("stay below other output", () => {
    const screen = makeScreen({ columns: 20, rows: 10 });
    const block = makeLiveBlock(screen);
    block.above(() => screen.write("before\n"));
    block.draw(["bar"]);
    block.above(() => screen.write("output\n"));
    assert.deepEqual(screen.lines(), ["before", "output", "bar"]);
  });
  test("stay at the end, and the cursor is visible again", () => {
    const screen = makeScreen({ columns: 20, rows: 10 });
    const block = makeLiveBlock(screen);
    block.draw(["bar"]);
    assert.equal(screen.isCursorHidden(), true);
    block.end();
    assert.deepEqual([screen.lines(), screen.isCursorHidden()], [["bar"], false]);
  });
  test("are found again when a line has wrapped", () => {
    const screen = makeScreen({ columns: 10, rows: 10 });
    const block = makeLiveBlock(screen);
    block.draw(["a line of more columns", "b"]);
    block.draw(["c"]);
    assert.deepEqual(screen.lines(), ["c"]);
  });
  test("are never more than the terminal has", () => {
    const screen = makeScreen({ columns: 10, rows: 4 });
    const block = makeLiveBlock(screen);
    block.draw(["1", "2", "3", "4", "5"]);
    assert.deepEqual(screen.lines(), ["1", "2", "3"]);
    block.draw(["a line that wraps", "2", "3"]);
    assert.deepEqual(screen.lines(), ["a line tha", "t wraps", "2"]);
  });
});

test("output of others keeps its colours, but cannot move the cursor", () => {
  const cases = [
    ["plain\ttext", "plain\ttext"],
    ["\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m"],
    ["\u001b[2J\u001b[Hcleared\u001b[3A\u001b[K", "cleared"],
    ["10 %\r50 %\r100 %", "100 %"],
    ["done\r", "done"],
    ["\u001b]0;a title\u0007text\u0007\b", "text"],
    ["\u001b[?25lhidden\u001b[?25h\u001bM\u001b7", "hidden"],
  ] as const;
  for (const [line, shown] of cases) assert.equal(tame(line), shown);
});
