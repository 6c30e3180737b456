// What is there of an event already: once any Job of it was created, no other plan of it counts.
import { advance } from "../chain/advance.ts";
import { type Answer, done } from "../chain/answer.ts";
import { logErrored } from "../chain/error-log.ts";
import { inFull } from "../chain/in-full.ts";
import { type ChainPorts, nowMs } from "../chain/ports.ts";
import { areOfPlan, byRun, wereAllCreated } from "../core/first-plan.ts";
import { envelopeOf, type KeptnEvent } from "../core/keptn-event.ts";
import type { Job } from "../core/kubernetes.ts";
import type { RunPlan } from "../core/plan.ts";
import { IoError, unlessRefused } from "../io/io-error.ts";

export interface FoundJobs {
  readonly jobs: readonly Job[];
  /** Why not all of its namespaces could be listed; undefined: they were. */
  readonly unread?: IoError;
}

/** @throws IoError */
export const findJobsOf = async (
  ports: ChainPorts,
  event: KeptnEvent,
  namespaces: readonly string[],
): Promise<FoundJobs> => {
  const lists = await Promise.all(
    namespaces.map((namespace) => unlessRefused(() => ports.jobs.listEvent(event.id, [namespace]))),
  );
  return mergeLists(lists);
};

type JobList = { readonly done: readonly Job[] } | { readonly refusal: IoError };

/** One for each namespace. */
export const mergeLists = (lists: readonly JobList[]): FoundJobs => {
  const unread = lists.flatMap((list) => ("refusal" in list ? [list.refusal] : []))[0];
  return { jobs: lists.flatMap((list) => ("done" in list ? list.done : [])), ...(unread ? { unread } : {}) };
};

/** @throws IoError, retryable where none is found, and not all namespaces can be listed: an earlier delivery may run some there */
export const listJobsOf = async (
  ports: ChainPorts,
  event: KeptnEvent,
  namespaces: readonly string[],
): Promise<readonly Job[]> => {
  const { jobs, unread } = await findJobsOf(ports, event, namespaces);
  if (jobs.length === 0 && unread) return failUnseen(ports, event, unread);
  return jobs;
};

/**
 * A missing right can be given, and then the same event again runs or is answered; whoever answers now may answer for a task that runs.
 * @throws IoError, retryable
 */
export const failUnseen = async (ports: ChainPorts, event: KeptnEvent, unread: IoError): Promise<never> => {
  const why = unread.message.replace(/\.?$/, ".");
  const message = `Whether Jobs of this event run already cannot be seen, so it is not answered: ${why} start-job needs the right to list Jobs there.`;
  await logErrored(ports, envelopeOf(event), message);
  const httpStatus = unread.httpStatus ?? 403;
  throw new IoError(`event ${event.id}: ${message}`, { retryable: true, httpStatus, cause: unread });
};

export const namespacesOfPlan = (runs: readonly RunPlan[]): readonly string[] => [
  ...new Set(runs.flatMap(({ jobs }) => jobs.map(({ metadata }) => metadata?.namespace ?? ""))),
];

/** Longer than the requests take with which a start-job creates the Jobs of an event. */
export const creatingMs = 5000;

/**
 * @param jobs of the event, as they are there
 * @returns whether Jobs of this plan may be created beside them
 * @throws IoError, retryable, while another delivery may be about to create the rest: two at once would leave its runs without an owner
 */
export const mayCreateMore = (
  ports: ChainPorts,
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
  throw new IoError(`event ${event.id}: another delivery of it is creating its Jobs`, { retryable: true });
};

/** Moves what is there, and creates nothing. @throws IoError */
export const moveJobs = async (ports: ChainPorts, event: KeptnEvent, jobs: readonly Job[]): Promise<Answer> => {
  ports.log({
    level: "info",
    message: "the event was planned before; what is there of it goes on",
    event: event.id,
    context: event.shkeptncontext,
  });
  const runs = [...byRun(jobs)].map(async ([runId, ofRun]) => {
    await advance(ports, { runId, namespaces: [...new Set(ofRun.map(({ metadata }) => metadata?.namespace ?? ""))] });
  });
  const { answerHalves } = await import("./half-answers.ts"); // seldom: an event that comes again
  await inFull([...runs, answerHalves(ports, event, jobs)]);
  return done(`${runs.length} runs, planned before`);
};
