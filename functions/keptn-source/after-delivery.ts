// Handles an event that has left its lane: it is noted as delivered, fetched again later, or only logged.
import type { Log } from "../lib/process.ts";
import type { Backlog } from "./backlog.ts";
import type { DeliveredIds } from "./delivered-ids.ts";
import type { Fetcher } from "./fetcher.ts";
import type { DeliveryOutcome, QueuedEvent } from "./keyed-queue.ts";
import type { Metrics } from "./metrics.ts";

export interface AfterDeliveryPorts {
  readonly deliveredIds: DeliveredIds;
  readonly backlog: Backlog;
  readonly fetcher: Pick<Fetcher, "fetch" | "onReturned" | "onDelivered">;
  readonly metrics: Metrics;
  readonly log: Log;
}

export const makeAfterDelivery =
  ({ deliveredIds, backlog, fetcher, metrics, log }: AfterDeliveryPorts) =>
  (queued: QueuedEvent, how: DeliveryOutcome): void => {
    const { project, about } = queued;
    if (how === "delivered" || how === "refused") deliveredIds.add(queued);
    if (how === "delivered") fetcher.onDelivered(project);
    if (how === "over") {
      metrics.over();
      log({ level: "info", message: "not sent: Keptn no longer waits for this event", ...about });
    }
    if (how !== "returned") return;
    metrics.returned();
    log({ level: "debug", message: "returned to Keptn's list, to be fetched again later", ...about });
    backlog.add(queued);
    fetcher.onReturned(project);
    fetcher.fetch(project);
  };
