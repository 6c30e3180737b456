// Sends a run's `.finished` so that Keptn can complete the event's task, and not before all runs of the event are announced.
import { isCounted } from "../core/event/keptn-event.ts";
import type { OutgoingEvent } from "../core/event/outgoing-event.ts";
import { makeStarted } from "../core/report/finished-event.ts";
import { type RunState, siblingsOf } from "../core/run/run-state.ts";
import type { EventCounts } from "../keptn/ports.ts";
import { askUntil, getEventCounts, haveStarted, thirdOfLeaseMs } from "./event-counts.ts";
import type { HeldLease } from "./lease.ts";
import { aboutRun, type ReconcilePorts } from "./ports.ts";
import { sendMissingEvents } from "./send-missing-events.ts";
import { makeOrphanedFinished, type ReconcileSibling, reconcileSiblings, type SiblingsFound } from "./siblings.ts";

/** `over`: Keptn no longer waits for this task, nothing was sent. `lost`: another delivery holds the lease. */
export type SendResult = "sent" | "over" | "lost";

/**
 * Sends `.finished` after Keptn counted a `.started` of this run and of each sibling, and as often as it counted one of this run. Keptn
 * then completes the task.
 * @throws IoError, `outcomeUnknown` when it is unknown whether Keptn received it
 */
export const sendFinished = async (ports: ReconcilePorts, run: RunState, given: SendRequest): Promise<SendResult> =>
  isCounted(run.event) ? sendCounted(ports, run, given) : sendUncounted(ports, run, given);

export interface SendRequest {
  readonly finished: OutgoingEvent;
  readonly lease: HeldLease;
  /** Undefined when this run is itself moved for a sibling. */
  readonly reconcile: ReconcileSibling | undefined;
}

const sendCounted = async (
  ports: ReconcilePorts,
  run: RunState,
  { finished, lease, reconcile }: SendRequest,
): Promise<SendResult> => {
  let count = await waitForStartedCounts(ports, run);
  if (count.kind === "over") return "over";
  const siblings = siblingsOf(run).map((sibling) => sibling.source);
  const isAlone = siblings.length === 0;
  const alone: SiblingsFound = { orphaned: [], moved: false };
  const { orphaned, moved } = isAlone ? alone : await reconcileSiblings(ports, run, { count, reconcile });
  // Counted after reading the siblings' Jobs: this shows whether a sibling without Jobs was reported before they were deleted.
  if (moved || orphaned.length > 0) count = await getEventCounts(ports, run);
  if (count.kind === "over") return "over";
  if (!(await lease.renewIfStale())) return "lost";
  const again = "Keptn has not counted the started event; sending it again";
  if (count.started === 0) ports.log({ level: "warn", message: again, ...aboutRun(run) });
  const ofOrphaned = isAlone ? [] : await makeOrphanedFinished(ports, run, { orphaned, count });
  const finishedEvents = [...ofOrphaned, { source: run.spec.source, finished }];
  const maySend = () => lease.renewIfStale();
  return sendMissingEvents(ports, count, { event: run.event, finishedEvents, siblings, maySend });
};

/** Keptn does not count these events, so a duplicate is harmless. */
const sendUncounted = async (
  ports: ReconcilePorts,
  run: RunState,
  { finished, lease }: SendRequest,
): Promise<SendResult> => {
  if (!(await lease.renewIfStale())) return "lost";
  if (!run.annotations.announced) await ports.keptn.send(makeStarted(run.event, run.spec.source));
  await ports.keptn.send(finished);
  return "sent";
};

/**
 * The count, once Keptn had time to count a recent `.started` and those of the siblings, which are announced together with it. Keptn
 * counts an event some time after accepting it (observed: up to 4 s).
 */
const waitForStartedCounts = (ports: ReconcilePorts, run: RunState): Promise<EventCounts> => {
  const untilMs = (Date.parse(run.annotations.announced ?? "") || 0) + thirdOfLeaseMs(ports);
  const sources = [run.spec.source, ...siblingsOf(run).map(({ source }) => source)];
  return askUntil(
    ports,
    () => getEventCounts(ports, run),
    (count) => count.kind === "over" || haveStarted(count, sources),
    untilMs,
  );
};
