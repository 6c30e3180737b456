// Delivers one event to the sink: until it is accepted, permanently refused, or returned to Keptn's list to make room.
import { IoError } from "../lib/io-error.ts";
import { retry } from "../lib/retry.ts";
import { makeConcurrencyLimit } from "./concurrency-limit.ts";
import type { DeliveryOutcome, KeyedQueuePorts, QueuedEvent } from "./keyed-queue.ts";
import type { Metrics } from "./metrics.ts";
import type { SourcePorts } from "./ports.ts";

/** Attempts before a listed event is returned to Keptn's list: each may take a Broker minutes. Unlisted events exist only here. */
const attemptsWhileListed = 3;

type DelivererPorts = Pick<SourcePorts, "sink" | "log" | "clock" | "firstRetryMs"> & { readonly metrics: Metrics };

/** @param end aborts requests in progress and waiting events */
export const makeDeliverer = (ports: DelivererPorts, end: AbortSignal): KeyedQueuePorts["deliver"] => {
  const { sink, metrics, firstRetryMs = 500 } = ports;
  const pauses = { firstPauseMs: firstRetryMs, longestPauseMs: firstRetryMs * 20 };
  const limit = makeConcurrencyLimit();
  const trouble = makeTroubleLog(ports);
  return async (queued, dropped) => {
    const signal = AbortSignal.any([end, dropped]);
    const send = () => limit(queued.project, () => sink.send(queued.message, signal));
    const mayRepeat = (fault: IoError, attempt: number): boolean => {
      if (signal.aborted) return false;
      metrics.retried.inc();
      trouble.begin(queued.project, fault);
      return !queued.listed || attempt < attemptsWhileListed;
    };
    try {
      await retry(send, { ...pauses, signal, mayRepeat });
    } catch (fault) {
      if (end.aborted) return "kept";
      return dropped.aborted ? "over" : outcomeOf(fault, queued, ports);
    }
    reportSent(queued, ports);
    trouble.end(queued.project);
    return "delivered";
  };
};

/** @throws what is not an IoError: a bug */
const outcomeOf = (fault: unknown, { about }: QueuedEvent, { log, metrics }: DelivererPorts): DeliveryOutcome => {
  if (!(fault instanceof IoError)) throw fault;
  if (fault.retryable) return "returned";
  metrics.refused.inc();
  log({ level: "error", message: `dropped an event that the sink refuses: ${fault.message}`, ...about });
  return "refused";
};

const reportSent = ({ at, about }: QueuedEvent, { log, clock, metrics }: DelivererPorts): void => {
  const lagSeconds = Math.max(0, (clock.now().getTime() - at.getTime()) / 1000);
  metrics.sent.inc();
  metrics.lagSeconds.observe(lagSeconds);
  log({ level: "info", message: "sent", ...about, lagSeconds });
};

/** One line when the sink stops accepting a project's events, and one when it accepts them again. */
const makeTroubleLog = ({ log }: DelivererPorts) => {
  const inTrouble = new Set<string>();
  return {
    begin: (project: string, { message: why }: IoError): void => {
      if (inTrouble.has(project)) return;
      inTrouble.add(project);
      log({ level: "warn", message: `the sink does not accept events of project ${project}, retrying: ${why}` });
    },
    end: (project: string): void => {
      if (!inTrouble.delete(project)) return;
      log({ level: "info", message: `the sink accepts events of project ${project} again` });
    },
  };
};
