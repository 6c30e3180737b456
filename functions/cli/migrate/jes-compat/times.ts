// Notes on time limits of tasks and the TTL of Jobs.
import type { JobConfig } from "../../../lib/core/config/schema.ts";
import { quote } from "../../../lib/core/yaml/scalars.ts";
import { atFirst, type Note, tasksOf } from "./places.ts";

/** JES raised lower values to this. */
const jesMinTtlSeconds = 60;

export const explainTimes = (config: JobConfig): Note[] => {
  const tasks = tasksOf(config);
  const limited = tasks.filter(({ task }) => task.maxPollDuration !== undefined);
  const unlimited = tasks.filter(({ task }) => task.maxPollDuration === undefined);
  const kept = tasks.filter(({ task }) => task.ttlSecondsAfterFinished !== undefined);
  return [
    ...atFirst(limited, ({ task, path }, more) => ({
      code: "jes-stopped-in-time",
      message: `${nameOf(task.name)}${more} is stopped when its maxPollDuration is over; JES only stopped waiting, reported it as failed, and let it run on.`,
      path: [...path, "maxPollDuration"],
    })),
    ...atFirst(unlimited, ({ task, path }, more) => ({
      code: "jes-stopped-after-300-seconds",
      message: `${nameOf(task.name)}${more} has no maxPollDuration and is stopped after 300 s; JES reported it as failed then, and let it run on.`,
      fix: "Set maxPollDuration if a task may take longer.",
      path,
    })),
    ...atFirst(kept, ({ task, path }, more) => ({
      code: "jes-ttl-after-report",
      message: `The ttlSecondsAfterFinished of ${nameOf(task.name, "task")}${more} counts from the answer to Keptn, not from the end of the Job, so a short TTL loses no output.`,
      path: [...path, "ttlSecondsAfterFinished"],
    })),
    ...kept
      .filter(({ task }) => Number(task.ttlSecondsAfterFinished) < jesMinTtlSeconds)
      .map(({ task, path }) => ({
        code: "jes-short-ttl",
        message: `JES raised ${task.ttlSecondsAfterFinished} s to ${jesMinTtlSeconds} s; for ${nameOf(task.name, "task")}, the value now applies as written.`,
        path: [...path, "ttlSecondsAfterFinished"],
      })),
  ];
};

const nameOf = (name: string, word = "Task"): string => `${word} ${quote(name)}`;
