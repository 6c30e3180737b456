// Which plan of an event counts: the first one with a created Job. The config may have changed before the event is redelivered.
import { annotation, label } from "../annotations/annotations.ts";
import { parseRunSpec } from "../annotations/parse-annotations.ts";
import type { Job } from "../kubernetes.ts";
import { readRun, runIdOfJob, wasReported } from "../run/run-state.ts";
import type { RunPlan } from "./run-plan.ts";

/** Whether these Jobs of an event belong to this plan: same config text, same names, same namespaces. */
export const areOfPlan = (jobs: readonly Job[], runs: readonly RunPlan[]): boolean => {
  const planned = new Map(runs.flatMap((run) => run.jobs.map((job) => [placeOf(job), job] as const)));
  return jobs.every((job) => {
    const own = planned.get(placeOf(job));
    return own !== undefined && signatureOf(job) === signatureOf(own);
  });
};

const placeOf = ({ metadata }: Job): string => `${metadata?.namespace}/${metadata?.name}`;

const signatureOf = (job: Job): string => {
  const links = parseRunSpec(job.metadata?.annotations?.[annotation.spec])?.jobs ?? [];
  const names = links.map(({ namespace, name, task }) => [namespace, name, task]);
  return JSON.stringify([job.metadata?.labels?.[label.configHash], names]);
};

/**
 * Whether all Jobs of the event were created once, so that missing ones were deleted. The process that creates them announces in the
 * first third of the lease, and only when all of them exist; every other process waits until the lease has expired.
 */
export const wereAllCreated = (jobs: readonly Job[]): boolean =>
  [...byRun(jobs).values()].some((ofRun) => {
    const run = readRun(ofRun);
    const createdMs = Date.parse(String(run?.lead.metadata?.creationTimestamp));
    return Date.parse(run?.annotations.announced ?? "") < createdMs + (run?.spec.leaseSeconds ?? 0) * 1000;
  });

/** Ids of reported runs: their Jobs that never ran are deleted and must not be created again. */
export const reportedRuns = (jobs: readonly Job[]): ReadonlySet<string> => {
  const runs = [...byRun(jobs)].filter(([, ofRun]) => {
    const run = readRun(ofRun);
    return run !== undefined && wasReported(run);
  });
  return new Set(runs.map(([id]) => id));
};

/** Groups Jobs by run id. */
export const byRun = (jobs: readonly Job[]): Map<string, Job[]> =>
  Map.groupBy(
    jobs.filter((job) => runIdOfJob(job)),
    (job) => runIdOfJob(job) ?? "",
  );
