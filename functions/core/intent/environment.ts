// Variables of a task: what their author wrote and nothing looks at, and paths that no event has.
import { quote } from "../config/scalars.ts";
import type { Task } from "../config/schema.ts";
import type { Warning } from "../config/warning.ts";
import type { Path } from "../config/yaml-tree.ts";
import { impossiblePath } from "./event-paths.ts";

export const lintEnvironment = ({ env = [] }: Task, path: Path): Warning[] =>
  env.flatMap(({ name, value, valueFrom }, index) => {
    const at = [...path, "env", index, "value"];
    if (valueFrom === "event") return impossiblePath(value, "the run fails", at);
    return valueFrom === "secret" && value !== "" ? [valueBesideSecret(name, value, at)] : [];
  });

const valueBesideSecret = (name: string, value: string, path: Path): Warning => ({
  code: "value-beside-secret",
  message: `The value ${quote(value)} beside the Secret ${quote(name)} has no effect: each key of the Secret becomes a variable.`,
  fix: "Remove `value`; $(KEY) stands for the value of its key KEY.",
  path,
});
