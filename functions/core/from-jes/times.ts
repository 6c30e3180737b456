// How long a task may take, and how long its Job stays.
import { quote } from "../config/scalars.ts";
import type { JobConfig } from "../config/schema.ts";
import type { Warning } from "../config/warning.ts";
import { atFirst, nothingToDo, tasksOf } from "./places.ts";

/** What JES made of less. */
const jesMinTtlSeconds = 60;

export const explainTimes = (config: JobConfig): Warning[] => {
  const tasks = tasksOf(config);
  const limited = tasks.filter(({ task }) => task.maxPollDuration !== undefined);
  const unlimited = tasks.filter(({ task }) => task.maxPollDuration === undefined);
  const kept = tasks.filter(({ task }) => task.ttlSecondsAfterFinished !== undefined);
  return [
    ...atFirst(limited, ({ task, path }, more) => ({
      code: "jes-stopped-in-time",
      message: `${nameOf(task.name)}${more} is stopped when its maxPollDuration is over; JES only stopped waiting, called it failed, and let it run on.`,
      fix: nothingToDo,
      path: [...path, "maxPollDuration"],
    })),
    ...atFirst(unlimited, ({ task, path }, more) => ({
      code: "jes-stopped-after-300-seconds",
      message: `${nameOf(task.name)}${more} has no maxPollDuration and is stopped after 300 s; JES called it failed then, and let it run on.`,
      fix: "Write maxPollDuration where a task may take longer.",
      path,
    })),
    ...atFirst(kept, ({ task, path }, more) => ({
      code: "jes-ttl-after-report",
      message: `The ttlSecondsAfterFinished of ${nameOf(task.name, "task")}${more} counts from the answer to Keptn, not from the end of the Job, so that no output is lost to a short one.`,
      fix: nothingToDo,
      path: [...path, "ttlSecondsAfterFinished"],
    })),
    ...kept
      .filter(({ task }) => Number(task.ttlSecondsAfterFinished) < jesMinTtlSeconds)
      .map(({ task, path }) => ({
        code: "jes-short-ttl",
        message: `JES made ${jesMinTtlSeconds} s of ${task.ttlSecondsAfterFinished} s; ${nameOf(task.name, "task")} gets what is written.`,
        fix: nothingToDo,
        path: [...path, "ttlSecondsAfterFinished"],
      })),
  ];
};

const nameOf = (name: string, word = "Task"): string => `${word} ${quote(name)}`;
