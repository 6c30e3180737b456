// `valueFrom: secret` has two forms: every key of the Secret `name`, as JES has it, and one key under a name of one's own.
import type { TaskEnv } from "./schema.ts";

/** @returns whether the entry's `name` is that of a Secret, and no variable's */
export const isWholeSecret = ({ valueFrom, secret }: Pick<TaskEnv, "valueFrom" | "secret">): boolean =>
  valueFrom === "secret" && secret === undefined;
