// Admits each event, from NATS or Keptn's API, once, if we are subscribed to it and there is room.
import type { KeptnEvent } from "../lib/core/event/keptn-event.ts";
import { isWanted, type Subscription } from "../lib/core/source/subscription.ts";
import type { DeliveredIds } from "./delivered-ids.ts";
import type { KeyedQueue } from "./keyed-queue.ts";
import type { Metrics } from "./metrics.ts";
import type { SourcePorts } from "./ports.ts";

export type Admission = ReturnType<typeof makeAdmission>;

interface Arrival {
  readonly way: "nats" | "api";
  /** Whether Keptn lists it until it is answered. */
  readonly listed: boolean;
}

type AdmissionPorts = Pick<SourcePorts, "sink" | "clock"> & {
  readonly metrics: Metrics;
  readonly deliveredIds: DeliveredIds;
  /** A function, because the queue is made after admission. */
  readonly queue: () => Pick<KeyedQueue, "has" | "offer">;
};

export const makeAdmission = ({ sink, clock, metrics, deliveredIds, queue }: AdmissionPorts) => {
  let subscriptions: readonly Subscription[] = [];
  return {
    subscribe: (next: readonly Subscription[]): void => {
      subscriptions = next;
    },
    isWanted: (event: KeptnEvent): boolean => isWanted(subscriptions, event),
    /** Whether it is delivered, refused, or in progress. */
    isKnown: (id: string): boolean => queue().has(id) || deliveredIds.has(id),
    /** @returns false if there is no room for it now */
    admit: (event: KeptnEvent, { way, listed }: Arrival): boolean => {
      const { id, type, shkeptncontext: key, data } = event;
      const [message, about] = [sink.pack(event), aboutEvent(event)];
      const times = { at: timeOf(event) ?? clock.now(), takenAtMs: clock.elapsedMs() };
      const taken = queue().offer({ id, type, project: data.project, key, listed, message, about, ...times });
      if (taken) metrics.received.inc({ way });
      return taken;
    },
  };
};

/** The log fields that identify an event. */
export const aboutEvent = ({ id, type, shkeptncontext, data }: KeptnEvent) => ({
  event: id,
  context: shkeptncontext,
  type,
  at: `${data.project}/${data.stage}/${data.service}`,
});

const timeOf = ({ time }: KeptnEvent): Date | undefined => {
  const at = new Date(time ?? "");
  return Number.isNaN(at.getTime()) ? undefined : at;
};
