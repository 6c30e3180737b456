// Checks scheduling and labels of a task against the operator's lists, which allow nothing by default.
import { matchesAny } from "../config/glob.ts";
import type { Task } from "../config/schema.ts";
import { taintOf } from "../config/toleration-schema.ts";
import type { TaskProblem } from "../plan/task-problem.ts";
import type { Settings } from "../settings/settings.ts";
import { quote } from "../yaml/scalars.ts";
import { allowedIn } from "./allowed-in.ts";

export type SchedulingRules = Pick<
  Settings,
  | "ALLOWED_NODE_SELECTORS"
  | "ALLOWED_TOLERATIONS"
  | "ALLOWED_PRIORITY_CLASSES"
  | "ALLOWED_RUNTIME_CLASSES"
  | "ALLOWED_LABELS"
  | "JOB_LABELS"
>;

export const checkScheduling = (task: Task, rules: SchedulingRules): TaskProblem[] => [
  ...checkPairs(task.nodeSelector, {
    ...{ field: "nodeSelector", code: "node-selector-not-allowed", what: "nodes with" },
    ...{ setting: "ALLOWED_NODE_SELECTORS", allowed: rules.ALLOWED_NODE_SELECTORS },
  }),
  ...checkTolerations(task, rules.ALLOWED_TOLERATIONS),
  ...checkClass(task.priorityClassName, {
    ...{ field: "priorityClassName", code: "priority-class-not-allowed", what: "the priority class" },
    ...{ setting: "ALLOWED_PRIORITY_CLASSES", allowed: rules.ALLOWED_PRIORITY_CLASSES },
  }),
  ...checkClass(task.runtimeClassName, {
    ...{ field: "runtimeClassName", code: "runtime-class-not-allowed", what: "the runtime class" },
    ...{ setting: "ALLOWED_RUNTIME_CLASSES", allowed: rules.ALLOWED_RUNTIME_CLASSES },
  }),
  ...checkLabels(task, rules),
];

interface Rule {
  readonly field: string;
  readonly code: string;
  readonly what: string;
  readonly setting: string;
  readonly allowed: readonly string[];
}

const checkClass = (name: string | undefined, { field, code, what, setting, allowed }: Rule): TaskProblem[] => {
  if (!name || matchesAny(name, allowed)) return [];
  const message = `${what} ${quote(name)} is not allowed here.`;
  return [{ code, message, fix: allowedIn(setting, allowed), field: [field] }];
};

const checkPairs = (
  pairs: Readonly<Record<string, string>> | undefined,
  { field, code, what, setting, allowed }: Rule,
): TaskProblem[] =>
  Object.entries(pairs ?? {})
    .filter((pair) => !isPairAllowed(pair, allowed))
    .map(([key, value]) => ({
      ...{ code, message: `${what} ${quote(`${key}=${value}`)} are not allowed here.` },
      ...{ fix: allowedIn(setting, allowed), field: [field, key] },
    }));

/** A pattern without = matches the key only. */
const isPairAllowed = ([key, value]: readonly [string, string], allowed: readonly string[]): boolean =>
  allowed.some((pattern) => matchesAny(pattern.includes("=") ? `${key}=${value}` : key, [pattern]));

const checkTolerations = ({ tolerations = [] }: Task, allowed: readonly string[]): TaskProblem[] =>
  tolerations.flatMap((toleration, index) => {
    const taint = taintOf(toleration);
    if (matchesAny(taint, allowed)) return [];
    const message = `tolerating ${taint === "" ? "every taint" : `the taint ${quote(taint)}`} is not allowed here.`;
    const fix = allowedIn("ALLOWED_TOLERATIONS", allowed);
    return [{ code: "toleration-not-allowed", message, fix, field: ["tolerations", index] }];
  });

const checkLabels = (
  { labels }: Task,
  { ALLOWED_LABELS: allowed, JOB_LABELS: operators }: SchedulingRules,
): TaskProblem[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]): TaskProblem[] => {
    const field = ["labels", key];
    if (Object.hasOwn(operators, key)) {
      const message = `the label ${quote(key)} is set by the operator (JOB_LABELS).`;
      return [{ code: "label-not-allowed", message, fix: "Choose another key, or remove it.", field }];
    }
    if (isPairAllowed([key, value], allowed)) return [];
    const message = `the label ${quote(`${key}=${value}`)} is not allowed here.`;
    return [{ code: "label-not-allowed", message, fix: allowedIn("ALLOWED_LABELS", allowed), field }];
  });
