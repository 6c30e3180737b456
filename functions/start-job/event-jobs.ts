// Finds the existing Jobs of an event. Once one exists, other plans of the event are void.
import { envelopeOf, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import { areOfPlan, byRun, wereAllCreated } from "../lib/core/plan/first-plan.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { catchPermanent, IoError } from "../lib/io-error.ts";
import { logErrored } from "../lib/run/error-log.ts";
import { nowMs, type ReconcilePorts } from "../lib/run/ports.ts";
import { reconcileRun } from "../lib/run/reconcile-run.ts";
import { waitForAll } from "../lib/wait-for-all.ts";

export interface FoundJobs {
  readonly jobs: readonly Job[];
  /** Why a namespace could not be listed; undefined: all were. */
  readonly unread?: IoError;
}

/** @throws IoError */
export const findJobsOf = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  namespaces: readonly string[],
): Promise<FoundJobs> => {
  const lists = await Promise.all(
    namespaces.map((namespace) => catchPermanent(() => ports.jobs.listEvent(event.id, [namespace]))),
  );
  return mergeLists(lists);
};

type JobList = { readonly done: readonly Job[] } | { readonly refusal: IoError };

/** @param lists one per namespace */
export const mergeLists = (lists: readonly JobList[]): FoundJobs => {
  const unread = lists.flatMap((list) => ("refusal" in list ? [list.refusal] : []))[0];
  return { jobs: lists.flatMap((list) => ("done" in list ? list.done : [])), ...(unread ? { unread } : {}) };
};

/** @throws IoError, retryable when none is found and a namespace cannot be listed: Jobs of an earlier delivery may run there */
export const listJobsOf = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  namespaces: readonly string[],
): Promise<readonly Job[]> => {
  const { jobs, unread } = await findJobsOf(ports, event, namespaces);
  if (jobs.length === 0 && unread) return failUnseen(ports, event, unread);
  return jobs;
};

/**
 * Once the permission is granted, a redelivery runs the event or answers it. Answering now could answer for a running task.
 * @throws IoError, retryable
 */
export const failUnseen = async (ports: ReconcilePorts, event: KeptnEvent, unread: IoError): Promise<never> => {
  const why = unread.message.replace(/\.?$/, ".");
  const message = `Cannot tell whether Jobs of this event already run, so it is not answered: ${why} Grant start-job permission to list Jobs there.`;
  await logErrored(ports, envelopeOf(event), message);
  const httpStatus = unread.httpStatus ?? 403;
  throw new IoError(`event ${event.id}: ${message}`, { retryable: true, httpStatus, cause: unread });
};

export const namespacesOfPlan = (runs: readonly RunPlan[]): readonly string[] => [
  ...new Set(runs.flatMap(({ jobs }) => jobs.map(({ metadata }) => metadata?.namespace ?? ""))),
];

/** Longer than start-job takes to create the Jobs of an event. */
export const creatingMs = 5000;

/**
 * @param jobs existing Jobs of the event
 * @returns whether more Jobs of this plan may be created
 * @throws IoError, retryable, while another delivery may be about to create the rest: with two creators, its runs would have no owner
 */
export const mayCreateMore = (
  ports: ReconcilePorts,
  {
    event,
    jobs,
    runs,
  }: { readonly event: KeptnEvent; readonly jobs: readonly Job[]; readonly runs: readonly RunPlan[] },
): boolean => {
  if (jobs.length === 0) return true;
  if (!areOfPlan(jobs, runs) || wereAllCreated(jobs)) return false;
  const planned = runs.reduce((sum, run) => sum + run.jobs.length, 0);
  const newestMs = Math.max(...jobs.map(({ metadata }) => Date.parse(String(metadata?.creationTimestamp)) || 0));
  if (jobs.length >= planned || nowMs(ports) - newestMs >= creatingMs) return true;
  throw new IoError(`event ${event.id}: another delivery is creating its Jobs`, { retryable: true });
};

/** Moves the runs of existing Jobs, and creates none. @throws IoError */
export const reconcileExisting = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  jobs: readonly Job[],
): Promise<DeliveryResult> => {
  ports.log({
    level: "info",
    message: "the event was planned before; its existing runs continue",
    event: event.id,
    context: event.shkeptncontext,
  });
  const runs = [...byRun(jobs)].map(async ([runId, ofRun]) => {
    await reconcileRun(ports, {
      runId,
      namespaces: [...new Set(ofRun.map(({ metadata }) => metadata?.namespace ?? ""))],
    });
  });
  const { answerHalves } = await import("./resume-refusals.ts"); // rare: only for redelivered events
  await waitForAll([...runs, answerHalves(ports, event, jobs)]);
  return done(`${runs.length} runs, planned before`);
};
