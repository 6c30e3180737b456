// Notes below the bars of a run's tasks: why they failed or never ran, and other remarks.
import { sayFailed } from "../../lib/core/report/task-report.ts";
import type { RunView } from "../../lib/core/view/run-view.ts";
import type { Format } from "../terminal.ts";

export interface TaskNote {
  readonly text: string;
  /** Undefined: not a problem. */
  readonly format?: Format;
}

export const taskNotesOf = ({ tasks }: RunView): readonly TaskNote[] => [
  ...tasks.flatMap(({ name, why, onError }): TaskNote[] =>
    why ? [{ text: `Task '${name}' ${sayFailed(onError)}: ${why}`, format: onError ? "yellow" : "red" }] : [],
  ),
  ...tasks.flatMap(({ name, note }): TaskNote[] => (note ? [{ text: `Task '${name}': ${note}` }] : [])),
  ...tasks.flatMap(({ name, skipped }): TaskNote[] =>
    skipped ? [{ text: `Task '${name}' did not run: ${skipped}`, format: "dim" }] : [],
  ),
];
