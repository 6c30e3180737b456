// Reads a task's details from its planned Job.
import { annotation, type RunSpec } from "../../lib/core/annotations/annotations.ts";
import { wantedValuesOf } from "../../lib/core/annotations/wanted-values.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import { isRetried } from "../../lib/core/pod/retried.ts";

/** The Job was just planned, so its annotation is valid. */
export const chainOf = ({ metadata }: Job): Pick<RunSpec, "jobs" | "graph"> =>
  JSON.parse(metadata?.annotations?.[annotation.spec] ?? '{"jobs":[]}');

export const taskNameOf = (job: Job, index: number): string => chainOf(job).jobs[index]?.task ?? "";

export const imageOf = ({ spec }: Job): string => spec?.template.spec?.containers[0]?.image ?? "";

/** `retries: 2`, `retries: 2 for exit code 75`; "" without retries. */
export const retriesOf = ({ spec }: Job): string => {
  if (!spec || !isRetried({ spec })) return "";
  const codes = spec.podFailurePolicy?.rules.flatMap(({ onExitCodes }) => onExitCodes?.values ?? []) ?? [];
  return `retries: ${spec.backoffLimit}${codes.length > 0 ? ` for exit code ${codes.join(", ")}` : ""}`;
};

/** `IMAGE, TAGS from build`, for each task that provides values. */
export const takenBy = (job: Job): string[] =>
  [...Map.groupBy(wantedValuesOf(job), ({ task }) => task)].map(
    ([task, values]) => `${values.map(({ name }) => name).join(", ")} from ${taskNameOf(job, task)}`,
  );
