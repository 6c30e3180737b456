// Delivers one event to the sink: until it is accepted, permanently refused, or returned to Keptn's list to make room.
import { IoError } from "../lib/io-error.ts";
import { retry } from "../lib/retry.ts";
import type { DeliveryOutcome, QueuedEvent } from "./keyed-queue.ts";
import type { Metrics } from "./metrics.ts";
import type { SourcePorts } from "./ports.ts";
import { makeRequestLimit } from "./request-limit.ts";

/** Concurrent requests to the sink. Events that wait for their next attempt do not count. */
const parallel = { all: 20, perProject: 10 } as const;
/** Attempts before a listed event is returned to Keptn's list: each may take a Broker minutes. Unlisted events exist only here. */
const attemptsWhileListed = 3;

type DelivererPorts = Pick<SourcePorts, "sink" | "log" | "clock" | "firstRetryMs"> & { readonly metrics: Metrics };

/** @param end aborts requests in progress and waiting events */
export const makeDeliverer = (
  { sink, log, clock, metrics, firstRetryMs = 500 }: DelivererPorts,
  end: AbortSignal,
): ((queued: QueuedEvent, dropped: AbortSignal) => Promise<DeliveryOutcome>) => {
  const limit = makeRequestLimit(parallel);
  const pauses = { firstPauseMs: firstRetryMs, longestPauseMs: firstRetryMs * 20 };
  const inTrouble = new Set<string>();
  const onTaken = ({ at, project, about }: QueuedEvent): void => {
    const lagSeconds = Math.max(0, (clock.now().getTime() - at.getTime()) / 1000);
    metrics.sent(lagSeconds);
    log({ level: "info", message: "sent", ...about, lagSeconds });
    if (inTrouble.delete(project))
      log({ level: "info", message: `the sink accepts events of project ${project} again` });
  };
  const onFault = (fault: IoError, { project }: QueuedEvent): void => {
    metrics.retried();
    if (inTrouble.has(project)) return;
    inTrouble.add(project);
    const message = `the sink does not accept events of project ${project}, retrying: ${fault.message}`;
    log({ level: "warn", message });
  };
  const onGivenUp = (fault: unknown, queued: QueuedEvent, dropped: AbortSignal): DeliveryOutcome => {
    if (end.aborted) return "kept";
    if (dropped.aborted) return "over";
    if (!(fault instanceof IoError)) throw fault;
    if (fault.retryable) return "returned";
    metrics.refused();
    log({ level: "error", message: `dropped an event that the sink refuses: ${fault.message}`, ...queued.about });
    return "refused";
  };
  return async (queued, dropped) => {
    const signal = AbortSignal.any([end, dropped]);
    const mayRepeat = (fault: IoError, attempt: number): boolean => {
      if (signal.aborted) return false;
      onFault(fault, queued);
      return !queued.listed || attempt < attemptsWhileListed;
    };
    const send = () => limit.run(queued.project, () => sink.send(queued.message, signal));
    try {
      await retry(send, { ...pauses, signal, mayRepeat });
    } catch (fault) {
      return onGivenUp(fault, queued, dropped);
    }
    onTaken(queued);
    return "delivered";
  };
};
