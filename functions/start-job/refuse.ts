// Answers events and runs that get no Job: an invalid config, a rule of the operator, a Job that Kubernetes refuses.
import { annotation } from "../lib/core/annotations/annotations.ts";
import {
  type Envelope,
  envelopeOf,
  expectsFinished,
  isCounted,
  type KeptnEvent,
} from "../lib/core/event/keptn-event.ts";
import { refOf } from "../lib/core/object-meta.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { makeRefused, makeStarted } from "../lib/core/report/finished-event.ts";
import { runScopeOf } from "../lib/core/run/run-scope.ts";
import { runIdOfJob, stateOf } from "../lib/core/run/run-state.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { IoError } from "../lib/io-error.ts";
import { logErrored } from "../lib/run/error-log.ts";
import { type CurrentCounts, getConfirmedCounts } from "../lib/run/event-counts.ts";
import type { ReconcilePorts } from "../lib/run/ports.ts";
import { type SourceFinished, sendMissingEvents } from "../lib/run/send-missing-events.ts";
import { isOwnSource } from "./check-redelivery.ts";
import { failUnseen, findJobsOf, namespacesOfPlan, reconcileExisting } from "./event-jobs.ts";
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
export const refuse = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  { message, source }: Refusal,
): Promise<DeliveryResult> => {
  const { jobs, unread } = await findJobsOf(ports, event, runScopeOf(ports.settings).namespaces);
  if (jobs.length > 0) return reconcileExisting(ports, event, jobs);
  await logRefusal(ports, event, message);
  if (source === undefined || !expectsFinished(event.type)) return done(message);
  const finishedEvents = [finishedOf(ports, event, { message, source })];
  await sendFinished(ports, event, { finishedEvents, siblings: [], unread });
  return done(message);
};

export interface RefusedRuns {
  readonly refused: readonly RefusedRun[];
  /** All runs of the event. */
  readonly planned: readonly RunPlan[];
  /** This delivery created all Jobs of the other runs. */
  readonly owner: boolean;
}

/**
 * Answers for runs without a Job, unless they are silent. Keptn must not complete the event before all its runs are announced.
 * @throws IoError, retryable if a redelivery could help
 */
export const refuseRuns = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  { refused, planned, owner }: RefusedRuns,
): Promise<void> => {
  for (const { plan, message } of refused) {
    if (plan.silent) ports.log({ level: "warn", message, run: plan.runId, event: event.id });
    else await logRefusal(ports, event, message);
  }
  const loud = planned.filter(({ silent }) => !silent);
  const due = refused.filter(({ plan }) => !plan.silent);
  const gone =
    due.length > 0 && due.length < loud.length ? await leftToAnswer(ports, event, { due, loud, owner }) : due;
  const finishedEvents = gone.map(({ plan, message }) => finishedOf(ports, event, { message, source: plan.source }));
  if (finishedEvents.length > 0)
    await sendFinished(ports, event, { finishedEvents, siblings: loud.map(({ source }) => source) });
};

/**
 * If this delivery stops here, the report of another run answers for the refused ones. It must know that they have no Jobs even if it
 * cannot list Jobs. It also answers if this delivery is a repeated one: no lease keeps two deliveries from answering both, and if Keptn
 * counts, a second `.finished` would stand in for that of a run which still runs.
 * @returns the runs to answer for here
 */
const leftToAnswer = async (
  ports: ReconcilePorts,
  event: KeptnEvent,
  { due, loud, owner }: { due: readonly RefusedRun[]; loud: readonly RunPlan[]; owner: boolean },
): Promise<readonly RefusedRun[]> => {
  const { jobs } = await findJobsOf(ports, event, namespacesOfPlan(loud));
  const ofLoud = jobs.filter((job) => loud.some(({ runId }) => runId === runIdOfJob(job)));
  const gone = due.filter(({ plan }) => !jobs.some((job) => runIdOfJob(job) === plan.runId)); // another delivery may have created some
  const others = ofLoud.filter((job) => stateOf(job) !== "reported");
  const annotations = { [annotation.refusedSiblings]: gone.map(({ plan }) => plan.runId).join(",") };
  if (gone.length > 0) await Promise.all(others.map((job) => ports.jobs.patch(refOf(job), { annotations })));
  return owner || ofLoud.length === 0 || !isCounted(event) ? gone : [];
};

const finishedOf = (
  ports: ReconcilePorts,
  event: KeptnEvent,
  { message, source }: { readonly message: string; readonly source: string },
): SourceFinished => ({
  source,
  finished: makeRefused(envelopeOf(event), source, { message, maxBytes: ports.settings.MAX_EVENT_BYTES }),
});

interface FinishedEvents {
  readonly finishedEvents: readonly SourceFinished[];
  readonly siblings: readonly string[];
  /** Why a namespace that may have Jobs of an earlier config could not be listed. */
  readonly unread?: IoError | undefined;
}

const sendFinished = async (ports: ReconcilePorts, event: KeptnEvent, given: FinishedEvents): Promise<void> => {
  try {
    if (isCounted(event)) await sendCounted(ports, event, given);
    else await sendUncounted(ports, envelopeOf(event), given);
  } catch (fault) {
    // Without a Job no sweep would retry it once the permission is granted: only the Broker can.
    if (fault instanceof IoError && fault.httpStatus === 403)
      throw new IoError(fault.message, { retryable: true, cause: fault });
    throw fault;
  }
};

/** No Job records the sent events, so Keptn's own count is asked: a redelivery then sends nothing twice. */
const sendCounted = async (
  ports: ReconcilePorts,
  whole: KeptnEvent,
  { unread, ...given }: FinishedEvents,
): Promise<void> => {
  const event = envelopeOf(whole);
  const count = await getConfirmedCounts(ports, event, given.finishedEvents[0]?.source ?? "");
  if (count.kind === "over")
    ports.log({ level: "info", message: "Keptn no longer waits for this event", event: event.id });
  // One unreadable namespace must not suppress the report of every invalid config: it matters only if Keptn counted a `.started`.
  else if (unread && isAnnounced(count, ports.settings.KEPTN_SOURCE)) await failUnseen(ports, whole, unread);
  else await sendMissingEvents(ports, count, { event, ...given });
};

const isAnnounced = ({ bySource }: CurrentCounts, ours: string): boolean =>
  [...bySource].some(([source, { started }]) => started > 0 && isOwnSource(source, ours));

const sendUncounted = async (
  ports: ReconcilePorts,
  event: Envelope,
  { finishedEvents }: FinishedEvents,
): Promise<void> => {
  for (const { source, finished } of finishedEvents) {
    await ports.keptn.send(makeStarted(event, source));
    await ports.keptn.send(finished);
  }
};

const logRefusal = (ports: ReconcilePorts, event: KeptnEvent, message: string): Promise<void> => {
  ports.log({ level: "warn", message, event: event.id, context: event.shkeptncontext });
  return logErrored(ports, envelopeOf(event), message);
};
