// The tasks of a planned run, read from its Jobs.
import { annotation, type RunSpec } from "../../lib/core/annotations/annotations.ts";
import { wantedValuesOf } from "../../lib/core/annotations/wanted-values.ts";
import type { Job } from "../../lib/core/kubernetes.ts";
import type { RunPlan } from "../../lib/core/plan/run-plan.ts";
import { isRetried } from "../../lib/core/pod/retried.ts";
import { type GraphNode, nodesOf } from "../../lib/core/run/graph.ts";

export interface PlannedTask {
  readonly job: Job;
  readonly name: string;
  readonly image: string;
  readonly hasFiles: boolean;
  /** `IMAGE, TAGS from build`, for each task that provides values. */
  readonly takes: readonly string[];
  readonly limit: string;
  /** undefined: the tasks run one after the other. */
  readonly node: GraphNode | undefined;
  /** `retries: 2`, `retries: 2 for exit code 75`; none without retries. */
  readonly retries: readonly string[];
}

export const plannedTasks = (run: RunPlan | undefined): PlannedTask[] =>
  (run?.jobs ?? []).map((job, index) => {
    const { jobs: tasks, graph } = specOf(job);
    const nameOf = (task: number) => tasks[task]?.task ?? "";
    const pod = job.spec?.template.spec;
    const takes = [...Map.groupBy(wantedValuesOf(job), ({ task }) => task)].map(
      ([task, values]) => `${values.map(({ name }) => name).join(", ")} from ${nameOf(task)}`,
    );
    return {
      ...{ job, name: nameOf(index), image: pod?.containers[0]?.image ?? "", hasFiles: Boolean(pod?.initContainers) },
      ...{ takes, limit: `at most ${pod?.activeDeadlineSeconds} s`, retries: retriesOf(job) },
      node: graph && nodesOf(graph)[index],
    };
  });

export const isFailFast = (run: RunPlan | undefined): boolean =>
  run?.jobs.some((job) => specOf(job).graph?.failFast) ?? false;

/** The Job was just planned, so its annotation is valid. */
const specOf = ({ metadata }: Job): Pick<RunSpec, "jobs" | "graph"> =>
  JSON.parse(metadata?.annotations?.[annotation.spec] ?? '{"jobs":[]}');

const retriesOf = ({ spec }: Job): string[] => {
  if (!spec || !isRetried({ spec })) return [];
  const codes = spec.podFailurePolicy?.rules.flatMap(({ onExitCodes }) => onExitCodes?.values ?? []) ?? [];
  return [`retries: ${spec.backoffLimit}${codes.length > 0 ? ` for exit code ${codes.join(", ")}` : ""}`];
};
