// `valueFrom: secret` has two forms: every key of the Secret `name`, as in JES, or one key as a variable with its own name.
import type { TaskEnv } from "./schema.ts";

/** @returns whether the entry's `name` is the name of a Secret, not of a variable */
export const isWholeSecret = ({ valueFrom, secret }: Pick<TaskEnv, "valueFrom" | "secret">): boolean =>
  valueFrom === "secret" && secret === undefined;
