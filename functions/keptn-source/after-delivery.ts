// Handles an event that has left the queue: it is noted as delivered, fetched again later, or only logged.
import type { DeliveryOutcome, QueuedEvent } from "./keyed-queue.ts";
import type { Parts } from "./parts.ts";

export const afterDelivery = (queued: QueuedEvent, outcome: DeliveryOutcome, parts: Parts): void => {
  const { deliveredIds, backlog, fetcher, metrics, log } = parts;
  const { project, about } = queued;
  if (outcome === "delivered" || outcome === "refused") deliveredIds.add(queued);
  if (outcome === "delivered") fetcher.onDelivered(project);
  if (outcome === "over") {
    metrics.over.inc();
    log({ level: "info", message: "not sent: Keptn no longer waits for this event", ...about });
  }
  if (outcome !== "returned") return;
  metrics.returned.inc();
  log({ level: "debug", message: "returned to Keptn's list, to be fetched again later", ...about });
  backlog.add(queued);
  fetcher.onReturned(project);
  fetcher.fetch(project);
};
