// Answers events and runs that get no Job: an invalid config, a rule of the operator, a Job that Kubernetes refuses.

import { annotation } from "../lib/core/annotations/marks.ts";
import { type Envelope, envelopeOf, isAnswerable, isCounted, type KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { refOf } from "../lib/core/object-meta.ts";
import type { RunPlan } from "../lib/core/plan/plan.ts";
import { makeRefused, makeStarted } from "../lib/core/report/answer.ts";
import { runScopeOf } from "../lib/core/run/run-scope.ts";
import { runIdOfJob, stateOf } from "../lib/core/run/run-state.ts";
import { type Answer, done } from "../lib/host/answer.ts";
import { IoError } from "../lib/io-error.ts";
import { type Current, countForSure } from "../lib/run/count.ts";
import { logErrored } from "../lib/run/error-log.ts";
import { evenOut, type SourceAnswer } from "../lib/run/even-out.ts";
import type { ChainPorts } from "../lib/run/ports.ts";
import { failUnseen, findJobsOf, moveJobs, namespacesOfPlan } from "./event-jobs.ts";
import { isOwnSource } from "./standing.ts";
import type { RefusedRun } from "./start-run.ts";

export interface Refusal {
  readonly message: string;
  /** `source` of the answers; undefined: only Keptn's error log is told. */
  readonly source?: string;
}

/**
 * Refuses a whole event, unless it was planned before: on a redelivery its config may have become invalid.
 * @throws IoError, retryable if a redelivery could help
 */
export const refuse = async (ports: ChainPorts, event: KeptnEvent, { message, source }: Refusal): Promise<Answer> => {
  const { jobs, unread } = await findJobsOf(ports, event, runScopeOf(ports.settings).namespaces);
  if (jobs.length > 0) return moveJobs(ports, event, jobs);
  await logRefusal(ports, event, message);
  if (source === undefined || !isAnswerable(event.type)) return done(message);
  const answers = [answerOf(ports, event, { message, source })];
  await answer(ports, event, { answers, siblings: [], ...(unread ? { unread } : {}) });
  return done(message);
};

/**
 * Answers for runs without a Job, unless they are silent. Keptn must not complete the event before all its runs are announced.
 * @param given.planned all runs of the event
 * @throws IoError, retryable if a redelivery could help
 */
export const refuseRuns = async (
  ports: ChainPorts,
  event: KeptnEvent,
  { refused, planned }: { readonly refused: readonly RefusedRun[]; readonly planned: readonly RunPlan[] },
): Promise<void> => {
  for (const { plan, message } of refused) {
    if (plan.silent) ports.log({ level: "warn", message, run: plan.runId, event: event.id });
    else await logRefusal(ports, event, message);
  }
  const loud = planned.filter(({ silent }) => !silent);
  const due = refused.filter(({ plan }) => !plan.silent);
  const gone = due.length > 0 && due.length < loud.length ? await noteRefused(ports, event, { due, loud }) : due;
  const answers = gone.map(({ plan, message }) => answerOf(ports, event, { message, source: plan.source }));
  if (answers.length > 0) await answer(ports, event, { answers, siblings: loud.map(({ source }) => source) });
};

/**
 * If this delivery stops here, the report of another run answers for the refused ones. It must know that they have no Jobs even if it
 * cannot list Jobs.
 * @returns the runs without Jobs: another delivery may have created some
 */
const noteRefused = async (
  ports: ChainPorts,
  event: KeptnEvent,
  { due, loud }: { readonly due: readonly RefusedRun[]; readonly loud: readonly RunPlan[] },
): Promise<readonly RefusedRun[]> => {
  const { jobs } = await findJobsOf(ports, event, namespacesOfPlan(loud));
  const gone = due.filter(({ plan }) => !jobs.some((job) => runIdOfJob(job) === plan.runId));
  const others = jobs.filter(
    (job) => stateOf(job) !== "reported" && loud.some(({ runId }) => runId === runIdOfJob(job)),
  );
  const annotations = { [annotation.refusedSiblings]: gone.map(({ plan }) => plan.runId).join(",") };
  if (gone.length > 0) await Promise.all(others.map((job) => ports.jobs.patch(refOf(job), { annotations })));
  return gone;
};

const answerOf = (
  ports: ChainPorts,
  event: KeptnEvent,
  { message, source }: { readonly message: string; readonly source: string },
): SourceAnswer => ({
  source,
  finished: makeRefused(envelopeOf(event), source, { message, maxBytes: ports.settings.MAX_EVENT_BYTES }),
});

interface Answers {
  readonly answers: readonly SourceAnswer[];
  readonly siblings: readonly string[];
  /** Why a namespace that may have Jobs of an earlier config could not be listed. */
  readonly unread?: IoError;
}

const answer = async (ports: ChainPorts, event: KeptnEvent, given: Answers): Promise<void> => {
  const envelope = envelopeOf(event);
  try {
    if (isCounted(event)) await answerCounted(ports, event, given);
    else await answerUncounted(ports, envelope, given);
  } catch (fault) {
    // Without a Job no sweep would retry it once the permission is granted: only the Broker can.
    if (fault instanceof IoError && fault.httpStatus === 403)
      throw new IoError(fault.message, { retryable: true, cause: fault });
    throw fault;
  }
};

/** No Job records the sent events, so Keptn's own count is asked: a redelivery then sends nothing twice. */
const answerCounted = async (ports: ChainPorts, whole: KeptnEvent, { unread, ...given }: Answers): Promise<void> => {
  const event = envelopeOf(whole);
  const count = await countForSure(ports, event, given.answers[0]?.source ?? "");
  if (count.kind === "over")
    ports.log({ level: "info", message: "Keptn no longer waits for this event", event: event.id });
  // One unreadable namespace must not suppress the report of every invalid config: it matters only if Keptn counted a `.started`.
  else if (unread && isAnnounced(count, ports.settings.KEPTN_SOURCE)) await failUnseen(ports, whole, unread);
  else await evenOut(ports, count, { event, ...given });
};

const isAnnounced = ({ bySource }: Current, ours: string): boolean =>
  [...bySource].some(([source, { started }]) => started > 0 && isOwnSource(source, ours));

const answerUncounted = async (ports: ChainPorts, event: Envelope, { answers }: Answers): Promise<void> => {
  for (const { source, finished } of answers) {
    await ports.keptn.send(makeStarted(event, source));
    await ports.keptn.send(finished);
  }
};

const logRefusal = (ports: ChainPorts, event: KeptnEvent, message: string): Promise<void> => {
  ports.log({ level: "warn", message, event: event.id, context: event.shkeptncontext });
  return logErrored(ports, envelopeOf(event), message);
};
