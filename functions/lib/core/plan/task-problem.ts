// A problem of one task of a config, and its position.
import type { Position, Problem } from "../problem.ts";
import type { Path } from "../yaml/path.ts";
import { quote } from "../yaml/scalars.ts";

export interface TaskProblem {
  readonly code: string;
  /** Continues the sentence after the names of action and task, in lowercase. */
  readonly message: string;
  readonly fix: string;
  /** Path of the field within the task: ["env", 0, "value"]. */
  readonly field: Path;
  /** Default: `error`. */
  readonly severity?: "warning";
}

export interface TaskPlace {
  readonly action: string;
  readonly actionIndex: number;
  readonly task: string;
  readonly taskIndex: number;
  /** See parseJobConfig. */
  readonly at: ((path: Path) => Position) | undefined;
}

export const toProblem = ({ code, message, fix, field, severity }: TaskProblem, place: TaskPlace): Problem => ({
  code,
  severity: severity ?? "error",
  message: `Action ${quote(place.action)}, task ${quote(place.task)}: ${message}`,
  fix,
  ...(place.at ? { at: place.at(["actions", place.actionIndex, "tasks", place.taskIndex, ...field]) } : {}),
});
