// Brings one event to the sink: again and again until it is taken, unless the sink refuses it for good.
import pLimit from "p-limit";
import pRetry from "p-retry";
import { IoError } from "../io/io-error.ts";
import type { Metrics } from "../io/metrics.ts";
import type { Parcel } from "./lanes.ts";
import type { SourcePorts } from "./ports.ts";

/** `kept`: given up, because the program ends. */
export type Carried = "delivered" | "refused" | "kept";

/** Requests to the sink at the same time. One that waits for its next attempt is not among them. */
const parallel = 20;
const longestRetryAfterSeconds = 60;

type CarrierPorts = Pick<SourcePorts, "sink" | "log" | "clock" | "firstRetryMs"> & { readonly metrics: Metrics };

/** @param end gives up what is under way, and what waits */
export const makeCarrier = (
  { sink, log, clock, metrics, firstRetryMs = 500 }: CarrierPorts,
  end: AbortSignal,
): ((parcel: Parcel) => Promise<Carried>) => {
  const limit = pLimit(parallel);
  const pauses = { minTimeout: firstRetryMs, maxTimeout: firstRetryMs * 20, factor: 2, randomize: true };
  let inTrouble = false;
  const onTaken = (parcel: Parcel): void => {
    const lagSeconds = Math.max(0, (clock.now().getTime() - parcel.at.getTime()) / 1000);
    metrics.sent(lagSeconds);
    log({ level: "info", message: "sent", ...parcel.about, lagSeconds });
    if (inTrouble) log({ level: "info", message: "the sink takes events again" });
    inTrouble = false;
  };
  const shouldRetry = async (fault: Error): Promise<boolean> => {
    if (!(fault instanceof IoError) || !fault.retryable || end.aborted) return false;
    metrics.retried();
    if (!inTrouble) log({ level: "warn", message: `the sink takes no events, each is tried again: ${fault.message}` });
    inTrouble = true;
    await clock.pause(Math.min(fault.retryAfterSeconds ?? 0, longestRetryAfterSeconds) * 1000, end);
    return true;
  };
  return async (parcel) => {
    try {
      await pRetry(() => limit(() => sink.send(parcel.message, end)), {
        ...pauses,
        retries: Number.POSITIVE_INFINITY,
        signal: end,
        shouldRetry: ({ error }) => shouldRetry(error),
      });
      onTaken(parcel);
      return "delivered";
    } catch (fault) {
      if (end.aborted) return "kept";
      if (!(fault instanceof IoError)) throw fault;
      metrics.refused();
      log({ level: "error", message: `refused for good, and left out: ${fault.message}`, ...parcel.about });
      return "refused";
    }
  };
};
