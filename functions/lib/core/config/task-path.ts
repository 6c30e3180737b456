// Paths into the result of an earlier task (`valueFrom: task`): a JSONPath whose first step is the task's name.
import { checkPath } from "../jsonpath/jsonpath.ts";
import { parsePath } from "../jsonpath/path-steps.ts";
import { type Fault, quote } from "../yaml/scalars.ts";

/** @returns undefined if the path does not begin with a name */
export const taskNamedIn = (path: string): string | undefined => {
  const first = parsePath(path)?.[0];
  return first?.kind === "one" && typeof first.key === "string" ? first.key : undefined;
};

export const checkTaskPath = (path: string): Fault | undefined => {
  if (checkPath(path) === undefined && taskNamedIn(path) !== undefined) return undefined;
  return {
    code: "bad-jsonpath",
    message: `is ${quote(path)}, which is not a JSONPath that begins with the name of a task`,
    fix: 'Write, for example, $.build.image, or $["Run tests"].users[0] for a task whose name contains a space.',
  };
};
