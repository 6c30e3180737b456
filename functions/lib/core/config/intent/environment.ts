// Warnings about a task's variables: values without effect, and paths that no event has.
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import type { Task, TaskEnv } from "../schema.ts";
import type { Warning } from "../warning.ts";
import { isWholeSecret } from "../whole-secret.ts";
import { impossiblePath } from "./event-paths.ts";

export const lintEnvironment = ({ env = [] }: Task, path: Path): Warning[] =>
  env.flatMap((entry, index) => {
    const { name, value, valueFrom } = entry;
    const at = [...path, "env", index, "value"];
    if (valueFrom === "event") return impossiblePath(value, "the run fails", at);
    if (value === "" || valueFrom === "string" || valueFrom === "task") return [];
    return [isWholeSecret(entry) ? valueBesideSecret(name, value, at) : valueBesideKey(entry, at)];
  });

const valueBesideSecret = (name: string, value: string, path: Path): Warning => ({
  code: "value-beside-secret",
  message: `The value ${quote(value)} has no effect: each key of the Secret ${quote(name)} becomes a variable.`,
  fix: "Remove `value`; $(KEY) is the value of the Secret's key KEY.",
  path,
});

const valueBesideKey = ({ name, value, valueFrom }: TaskEnv, path: Path): Warning => ({
  code: "value-beside-key",
  message: `The value ${quote(value)} of ${quote(name)} has no effect: the variable gets the value of the key in \`${valueFrom}\`.`,
  fix: "Remove `value`.",
  path,
});
