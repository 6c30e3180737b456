// Brings one event to the sink: until it is taken, or refused for good, or its place is better given to another one.
import { IoError } from "../io/io-error.ts";
import type { Metrics } from "../io/metrics.ts";
import { retry } from "../io/retry.ts";
import type { Carried, Parcel } from "./lanes.ts";
import type { SourcePorts } from "./ports.ts";
import { makeSlots } from "./slots.ts";

/** Requests to the sink. One that waits for its next attempt is not among them. */
const parallel = { all: 20, perProject: 10 } as const;
/** After so many attempts a listed event is left to Keptn's list: a Broker may take minutes for each. Others are nowhere else. */
const attemptsWhileListed = 3;

type CarrierPorts = Pick<SourcePorts, "sink" | "log" | "clock" | "firstRetryMs"> & { readonly metrics: Metrics };

/** @param end gives up what is under way, and what waits */
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
    if (inTrouble.delete(project)) log({ level: "info", message: `the sink takes events of project ${project} again` });
  };
  const onFault = (fault: IoError, { project }: Parcel): void => {
    metrics.retried();
    if (inTrouble.has(project)) return;
    inTrouble.add(project);
    const message = `the sink takes no events of project ${project}, each is tried again: ${fault.message}`;
    log({ level: "warn", message });
  };
  const onGivenUp = (fault: unknown, parcel: Parcel, dropped: AbortSignal): Carried => {
    if (end.aborted) return "kept";
    if (dropped.aborted) return "over";
    if (!(fault instanceof IoError)) throw fault;
    if (fault.retryable) return "returned";
    metrics.refused();
    log({ level: "error", message: `refused for good, and left out: ${fault.message}`, ...parcel.about });
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
