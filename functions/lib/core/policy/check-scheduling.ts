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
  ...checkNodeSelector(task, rules.ALLOWED_NODE_SELECTORS),
  ...checkTolerations(task, rules.ALLOWED_TOLERATIONS),
  ...checkClass(task, "priorityClassName", rules),
  ...checkClass(task, "runtimeClassName", rules),
  ...checkLabels(task, rules),
];

const checkNodeSelector = ({ nodeSelector }: Task, allowed: readonly string[]): TaskProblem[] =>
  Object.entries(nodeSelector ?? {}).flatMap(([key, value]) => {
    if (isPairAllowed([key, value], allowed)) return [];
    const message = `nodes with ${quote(`${key}=${value}`)} are not allowed here.`;
    const fix = allowedIn("ALLOWED_NODE_SELECTORS", allowed);
    return [{ code: "node-selector-not-allowed", message, fix, field: ["nodeSelector", key] }];
  });

const classes = {
  priorityClassName: { code: "priority-class-not-allowed", what: "priority", setting: "ALLOWED_PRIORITY_CLASSES" },
  runtimeClassName: { code: "runtime-class-not-allowed", what: "runtime", setting: "ALLOWED_RUNTIME_CLASSES" },
} as const;

const checkClass = (task: Task, field: keyof typeof classes, rules: SchedulingRules): TaskProblem[] => {
  const { code, what, setting } = classes[field];
  const name = task[field];
  if (!name || matchesAny(name, rules[setting])) return [];
  const message = `the ${what} class ${quote(name)} is not allowed here.`;
  return [{ code, message, fix: allowedIn(setting, rules[setting]), field: [field] }];
};

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
