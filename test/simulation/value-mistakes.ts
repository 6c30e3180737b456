// Deliberate mistakes about values that a task takes from tasks before it.
import { type Mistake, mistake } from "./mistake.ts";

export const valueMistakes: readonly Mistake[] = [
  mistake(
    "values: releases a task beside the writing of its values",
    "lib/run/pass-due.ts",
    "const others = tasks.filter((task) => !due.includes(task));",
    "const others = tasks;",
    ["takesValues"],
  ),
  mistake(
    "values: takes what the first try of a task wrote",
    "lib/core/report/task-report.ts",
    "ends.findLast((end) => end?.exitCode === 0) : ends.at(-1)",
    "ends.at(0) : ends.at(0)",
    ["takesValues", "retried"],
  ),
  mistake(
    "values: a task that misses one is kept although it never runs",
    "lib/run/finalize-run.ts",
    " && !job?.spec?.suspend",
    " && (job?.spec?.suspend ?? true) !== undefined",
    ["takesValues", "valueMissing"],
  ),
  mistake(
    "values: releases a task that another delivery has given up",
    "lib/run/release.ts",
    "isClosable(run, job) ? deadlineOf(job) : {}",
    "isClosable(run, job) ? {} : deadlineOf(job)",
    ["takesValues", "forbidden", "changeDoubled", "fallsAsleep"],
  ),
  mistake(
    "values: gives a task up whose values another delivery has found",
    "lib/run/pass-values.ts",
    '"done" in found && found.done ? undefined : why',
    '"done" in found && found.done ? why : why',
    ["takesValues", "crashesBefore", "forbidden"],
  ),
];
