// The output of --watch: a block redrawn in place on a terminal, otherwise one line for each change.
import { oneLine } from "../../lib/core/text/log-text.ts";
import { shortIdOf } from "../../lib/core/view/find.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import type { Terminal } from "../terminal.ts";
import { makeLiveBlock } from "../timeline/live-block.ts";
import { fit } from "../timeline/text-width.ts";
import { renderBoard } from "./render-board.ts";
import { renderDetail } from "./render-detail.ts";
import { signOf, taskWordsOf, wholeSecond } from "./words.ts";

export interface WatchView {
  /** @param trouble why the last poll failed, so that the runs are outdated */
  show(runs: readonly RunView[], trouble: string | undefined): void;
  end(): void;
}

export interface Shown {
  /** Show one run in detail. */
  readonly detail: boolean;
  readonly namespaces: boolean;
  /** Shown while there are no runs. */
  readonly none: string;
}

export const makeWatchView = (terminal: Terminal, shown: Shown): WatchView =>
  terminal.screens.stdout ? drawRuns(terminal, shown) : logRuns(terminal);

const drawRuns = ({ screens, paint, now }: Terminal, { detail, namespaces, none }: Shown): WatchView => {
  const screen = screens.stdout!;
  const block = makeLiveBlock(screen);
  return {
    show: (runs, trouble) => {
      const [columns, rows] = [screen.columns(), screen.rows()];
      const canvas = { columns, rows, nowMs: wholeSecond(now()), style: paint, namespaces };
      const board = detail ? runs.flatMap((run) => renderDetail(run, canvas).split("\n")) : renderBoard(runs, canvas);
      const head = trouble ? [paint("red", fit(oneLine(trouble), columns))] : [];
      block.draw([...head, ...(runs.length > 0 ? board : [paint("dim", fit(none, columns))])]);
    },
    end: block.end,
  };
};

const logRuns = ({ print, say, now }: Terminal): WatchView => {
  const said = new Map<string, string>();
  const tell = (key: string, line: string, to: (line: string) => void): void => {
    if (said.get(key) === line) return;
    said.set(key, line);
    to(line === "" ? line : `${now().toISOString().slice(0, 19)}Z ${line}`);
  };
  return {
    show: (runs, trouble) => {
      if (trouble) tell("", trouble, say);
      for (const run of runs) tell(run.id, renderChange(run), print);
    },
    end: () => {},
  };
};

/** Omits ages, which change although the run does not. */
const renderChange = (run: RunView): string => {
  const words = [shortIdOf(run.id), signOf(run).word, taskWordsOf(run), oneLine(run.action)].join("  ");
  return run.stuck ? `${words}: ${run.why?.replace(/: due for [^.]+\./, ".").replace(/ for \w+\./, ".")}` : words;
};
