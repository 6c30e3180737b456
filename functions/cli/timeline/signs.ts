// The sign, word and colour of each state of runs and tasks; each of the three is enough to tell states apart.
import type { Phase } from "../../lib/core/view/phases.ts";
import type { RunWord } from "../../lib/core/view/run-view.ts";
import type { TaskView, TaskWord } from "../../lib/core/view/task-view.ts";
import type { Format } from "../terminal.ts";

export interface Sign {
  readonly sign: string;
  readonly word: string;
  readonly format: Format;
}

/** Colours of the terminal's own palette, readable on light and dark backgrounds. */
export const taskSigns: Readonly<Record<TaskWord, Sign>> = {
  waiting: { sign: "·", word: "waiting", format: "dim" },
  starting: { sign: "▸", word: "starting", format: "cyan" },
  init: { sign: "▸", word: "fetching files", format: "cyan" },
  running: { sign: "▶", word: "running", format: "cyan" },
  passed: { sign: "✔", word: "passed", format: "green" },
  failed: { sign: "✖", word: "failed", format: "red" },
  "cannot-start": { sign: "▲", word: "cannot start", format: "yellow" },
  deleted: { sign: "✖", word: "deleted", format: "red" },
  skipped: { sign: "-", word: "did not run", format: "dim" },
  missing: { sign: "-", word: "did not run", format: "dim" },
  unknown: { sign: "?", word: "cannot be read", format: "yellow" },
};

/** A tolerated failure is not shown as an error. */
export const signOfTask = ({ state, onError }: Pick<TaskView, "state" | "onError">): Sign =>
  state === "failed" && onError ? tolerated[onError] : taskSigns[state];

const tolerated: Readonly<Record<NonNullable<TaskView["onError"]>, Sign>> = {
  warn: { sign: "!", word: "failed, only a warning", format: "yellow" },
  continue: { sign: "!", word: "failed, does not count", format: "yellow" },
};

export const runSigns: Readonly<Record<RunWord, Sign>> = {
  creating: { sign: "▸", word: "creating", format: "cyan" },
  announcing: { sign: "▸", word: "announcing", format: "cyan" },
  running: { sign: "▶", word: "running", format: "cyan" },
  "cannot-start": { sign: "▲", word: "cannot start", format: "yellow" },
  reporting: { sign: "▶", word: "reporting", format: "cyan" },
  passed: { sign: "✔", word: "passed", format: "green" },
  warning: { sign: "✔", word: "warning", format: "yellow" },
  failed: { sign: "✖", word: "failed", format: "red" },
  errored: { sign: "✖", word: "errored", format: "red" },
  abandoned: { sign: "-", word: "abandoned", format: "dim" },
};

export const stuckSign = "▲";

/** The strokes of a timeline's bar; the running phase has the colour of the task's result. */
export const phaseSigns: Readonly<Record<Phase["phase"], Sign>> = {
  waiting: { sign: "·", word: "waiting", format: "dim" },
  starting: { sign: "╌", word: "starting", format: "yellow" },
  init: { sign: "─", word: "fetching files", format: "magenta" },
  running: { sign: "━", word: "running", format: "cyan" },
};
