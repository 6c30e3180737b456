// The Jobs of a plan as YAML documents for `kubectl create -f -`.
import { stringify } from "yaml";
import type { Plan } from "../../lib/core/plan/plan.ts";

export const renderYaml = (planned: Plan): string => {
  if (planned.kind !== "run") return "";
  const jobs = planned.runs.flatMap((run) => run.jobs);
  return jobs.map((job) => stringify(job, asKubectlReads)).join("---\n");
};

/** kubectl reads YAML 1.1, where `on` is true. */
const asKubectlReads = { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" } as const;
