// Finds the existing Jobs of an event. Once one exists, other plans of the event are void.
import { envelopeOf, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import { createdMs } from "../lib/core/object-meta.ts";
import { areOfPlan, byRun, wereAllCreated } from "../lib/core/plan/first-plan.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { asSentence } from "../lib/core/text/log-text.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { catchPermanent, IoError } from "../lib/io-error.ts";
import { logErrored } from "../lib/run/error-log.ts";
import { nowMs, type ReconcilePorts } from "../lib/run/ports.ts";
import { reconcileRun } from "../lib/run/reconcile-run.ts";
import { waitForAll } from "../lib/wait-for-all.ts";

export interface FoundJobs {
  readonly jobs: readonly Job[];
  /** Why a namespace could not be listed; undefined: all were. */
  readonly unread: IoError | undefined;
}

/** @throws IoError */
export const findJobsOf = ({ jobs }: ReconcilePorts, event: KeptnEvent, namespaces: readonly string[]) =>
  listEach(namespaces, (one) => jobs.listEvent(event.id, one));

/** Lists the namespaces one by one: one that cannot be listed hides no others. @throws IoError */
export const listEach = async (
  namespaces: readonly string[],
  list: (namespaces: readonly string[]) => Promise<readonly Job[]>,
): Promise<FoundJobs> => {
  const lists = await Promise.all(namespaces.map((one) => catchPermanent(() => list([one]))));
  const [unread] = lists.flatMap((one) => ("refusal" in one ? [one.refusal] : []));
  return { jobs: lists.flatMap((one) => ("done" in one ? one.done : [])), unread };
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
  const message = `Cannot tell whether Jobs of this event already run, so it is not answered: ${asSentence(unread.message)} Grant start-job permission to list Jobs there.`;
  await logErrored(ports, envelopeOf(event), message);
  const httpStatus = unread.httpStatus ?? 403;
  throw new IoError(`event ${event.id}: ${message}`, { retryable: true, httpStatus, cause: unread });
};

export const namespacesOfPlan = (runs: readonly RunPlan[]): readonly string[] =>
  namespacesIn(runs.flatMap(({ jobs }) => jobs));

const namespacesIn = (jobs: readonly Job[]) => [...new Set(jobs.map(({ metadata }) => metadata?.namespace ?? ""))];

/** Longer than start-job takes to create the Jobs of an event. */
export const creatingMs = 5000;

/**
 * @param jobs existing Jobs of the event
 * @returns whether more Jobs of this plan may be created
 * @throws IoError, retryable, while another delivery may be about to create the rest: with two creators, its runs would have no owner
 */
export const mayCreateMore = (
  ports: ReconcilePorts,
  given: { readonly event: KeptnEvent; readonly jobs: readonly Job[]; readonly runs: readonly RunPlan[] },
): boolean => {
  const { event, jobs, runs } = given;
  if (jobs.length === 0) return true;
  if (!areOfPlan(jobs, runs) || wereAllCreated(jobs)) return false;
  const planned = runs.reduce((sum, run) => sum + run.jobs.length, 0);
  const newestMs = Math.max(...jobs.map(createdMs));
  if (jobs.length >= planned || nowMs(ports) - newestMs >= creatingMs) return true;
  throw new IoError(`event ${event.id}: another delivery is creating its Jobs`, { retryable: true });
};

/** Moves the runs of existing Jobs, and creates none. @throws IoError */
export const reconcileExisting = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  jobs: readonly Job[],
): Promise<DeliveryResult> => {
  const message = "the event was planned before; its existing runs continue";
  ports.log({ level: "info", message, event: event.id, context: event.shkeptncontext });
  const runs = [...byRun(jobs)].map(([runId, ofRun]) =>
    reconcileRun(ports, { runId, namespaces: namespacesIn(ofRun) }),
  );
  const { resumeRefusals } = await import("./resume-refusals.ts"); // rare: only for redelivered events
  await waitForAll<unknown>([...runs, resumeRefusals(ports, event, jobs)]);
  return done(`${runs.length} runs, planned before`);
};
