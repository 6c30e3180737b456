// Handles an event that has left its lane: it is noted as delivered, fetched again later, or only logged.

import type { Log } from "../lib/world.ts";
import type { Backlog } from "./backlog.ts";
import type { Fetcher } from "./fetcher.ts";
import type { Carried, Parcel } from "./lanes.ts";
import type { Memory } from "./memory.ts";
import type { Metrics } from "./metrics.ts";

export interface GonePorts {
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly fetcher: Pick<Fetcher, "fetch" | "onReturned" | "onDelivered">;
  readonly metrics: Metrics;
  readonly log: Log;
}

export const makeOnGone =
  ({ memory, backlog, fetcher, metrics, log }: GonePorts) =>
  (parcel: Parcel, how: Carried): void => {
    const { project, about } = parcel;
    if (how === "delivered" || how === "refused") memory.add(parcel);
    if (how === "delivered") fetcher.onDelivered(project);
    if (how === "over") {
      metrics.over();
      log({ level: "info", message: "not sent: Keptn no longer waits for this event", ...about });
    }
    if (how !== "returned") return;
    metrics.returned();
    log({ level: "debug", message: "returned to Keptn's list, to be fetched again later", ...about });
    backlog.add(parcel);
    fetcher.onReturned(project);
    fetcher.fetch(project);
  };
