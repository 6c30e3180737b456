// Deliberate mistakes about tasks whose order is more than a line.
import { type Mistake, mistake } from "./mistake.ts";

export const graphMistakes: readonly Mistake[] = [
  mistake(
    "graph: starts a task after the first of its needs",
    "lib/core/run/due-tasks.ts",
    'return [...before, ...unneeded].some(isOpen) ? "waits" : "ready";',
    'return before.length > 0 && before.every(isOpen) ? "waits" : "ready";',
  ),
  mistake(
    "graph: cleans up while what it is for still runs",
    "lib/core/run/due-tasks.ts",
    'if (before.some(isOpen)) return "waits";',
    'if (when === "failure" && before.some(isOpen)) return "waits";',
  ),
  mistake(
    "graph: rolls back where nothing has failed",
    "lib/core/run/due-tasks.ts",
    'return when === "always" || before.includes("failed") ? "ready" : "spared";',
    'return before.length > 0 ? "ready" : "spared";',
  ),
  mistake(
    "graph: reports while a task beside the failed one runs",
    "lib/core/run/graph-step.ts",
    "if (statuses.some(isOpen)) return undefined;",
    'if (!statuses.includes("failed") && statuses.some(isOpen)) return undefined;',
  ),
  mistake(
    "graph: a failure that is only a warning does not end well",
    "lib/core/report/graph-report.ts",
    "!passed && skipped === undefined && !onError",
    "!passed && skipped !== undefined && !onError",
  ),
  mistake(
    "graph: releases the first task with the announcement, whatever it needs",
    "lib/run/announce.ts",
    "const startsFirst = !run.spec.graph || startsWithFirst(run);",
    "const startsFirst = !run.spec.graph || startsWithFirst(run) || run.id !== '';",
  ),
  {
    ...mistake(
      "graph: reports a failure while others can still release what failFast forbids",
      "lib/core/run/before-step.ts",
      "return [...statuses.keys()].filter((task) => {",
      "return [...statuses.keys()].slice(statuses.length).filter((task) => {",
    ),
    only: ["takesValues", "taskFails", "fallsAsleep", "slow", "readsStale", "changeDoubled"],
  },
  mistake(
    "graph: takes the task of a deleted Job for passed although its rollback has begun",
    "lib/core/run/graph-step.ts",
    "const deleted = run.tasks.findIndex(isDeletedAlive);",
    "const deleted = run.tasks.length > 0 ? -1 : run.tasks.findIndex(isDeletedAlive);",
    ["jobDeleted"],
  ),
  mistake(
    "graph: takes a Job that a sidecar made fail for a failure",
    "lib/core/run/before-step.ts",
    'const isNext = ["report", "release", "stop", "wait"].includes(step.kind);',
    'const isNext = ["report", "release", "stop", "wait"].includes(`${step.kind}ed`);',
  ),
];
