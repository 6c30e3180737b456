// Delivers one event to the sink: until it is accepted, permanently refused, or returned to Keptn's list to make room.
import { IoError } from "../lib/io-error.ts";
import { retry } from "../lib/retry.ts";
import type { Carried, Parcel } from "./lanes.ts";
import type { Metrics } from "./metrics.ts";
import type { SourcePorts } from "./ports.ts";
import { makeSlots } from "./slots.ts";

/** Concurrent requests to the sink. Events that wait for their next attempt do not count. */
const parallel = { all: 20, perProject: 10 } as const;
/** Attempts before a listed event is returned to Keptn's list: each may take a Broker minutes. Unlisted events exist only here. */
const attemptsWhileListed = 3;

type CarrierPorts = Pick<SourcePorts, "sink" | "log" | "clock" | "firstRetryMs"> & { readonly metrics: Metrics };

/** @param end aborts requests in progress and waiting events */
export const makeCarrier = (
  { sink, log, clock, metrics, firstRetryMs = 500 }: CarrierPorts,
  end: AbortSignal,
): ((parcel: Parcel, dropped: AbortSignal) => Promise<Carried>) => {
  const slots = makeSlots(parallel);
  const pauses = { firstPauseMs: firstRetryMs, longestPauseMs: firstRetryMs * 20 };
  const inTrouble = new Set<string>();
  const onTaken = ({ at, project, about }: Parcel): void => {
    const lagSeconds = Math.max(0, (clock.now().getTime() - at.getTime()) / 1000);
    metrics.sent(lagSeconds);
    log({ level: "info", message: "sent", ...about, lagSeconds });
    if (inTrouble.delete(project))
      log({ level: "info", message: `the sink accepts events of project ${project} again` });
  };
  const onFault = (fault: IoError, { project }: Parcel): void => {
    metrics.retried();
    if (inTrouble.has(project)) return;
    inTrouble.add(project);
    const message = `the sink does not accept events of project ${project}, retrying: ${fault.message}`;
    log({ level: "warn", message });
  };
  const onGivenUp = (fault: unknown, parcel: Parcel, dropped: AbortSignal): Carried => {
    if (end.aborted) return "kept";
    if (dropped.aborted) return "over";
    if (!(fault instanceof IoError)) throw fault;
    if (fault.retryable) return "returned";
    metrics.refused();
    log({ level: "error", message: `dropped an event that the sink refuses: ${fault.message}`, ...parcel.about });
    return "refused";
  };
  return async (parcel, dropped) => {
    const signal = AbortSignal.any([end, dropped]);
    const mayRepeat = (fault: IoError, attempt: number): boolean => {
      if (signal.aborted) return false;
      onFault(fault, parcel);
      return !parcel.listed || attempt < attemptsWhileListed;
    };
    const send = () => slots.run(parcel.project, () => sink.send(parcel.message, signal));
    try {
      await retry(send, { ...pauses, signal, mayRepeat });
    } catch (fault) {
      return onGivenUp(fault, parcel, dropped);
    }
    onTaken(parcel);
    return "delivered";
  };
};
