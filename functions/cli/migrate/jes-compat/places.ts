// Tasks and variables of a config with their paths, and one note for all similar places.
import type { JobConfig, Task, TaskEnv } from "../../../lib/core/config/schema.ts";
import type { Warning } from "../../../lib/core/config/warning.ts";
import type { Path } from "../../../lib/core/yaml/path.ts";

/** A difference from JES. Without a fix, nothing has to be done. */
export type Note = Omit<Warning, "fix"> & { readonly fix?: string };

export interface PlacedTask {
  readonly task: Task;
  readonly path: Path;
}

export const tasksOf = ({ actions }: JobConfig): PlacedTask[] =>
  actions.flatMap(({ tasks }, action) =>
    tasks.map((task, index) => ({ task, path: ["actions", action, "tasks", index] })),
  );

export interface PlacedEnv {
  readonly entry: TaskEnv;
  readonly path: Path;
}

export const envOf = (config: JobConfig): PlacedEnv[] =>
  tasksOf(config).flatMap(({ task, path }) =>
    (task.env ?? []).map((entry, index) => ({ entry, path: [...path, "env", index] })),
  );

/** One note, at the first of all similar places. `more` counts the others: "", or ` (and 2 more)`. */
export const atFirst = <T>(found: readonly T[], make: (first: T, more: string) => Note): Note[] => {
  const [first, ...others] = found;
  return first === undefined ? [] : [make(first, others.length > 0 ? ` (and ${others.length} more)` : "")];
};
