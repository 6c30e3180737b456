// Keptn for a local run: reads the job config from a file, passes events to a listener, and counts them by Keptn's rule.
import { randomUUID } from "node:crypto";
import type { OutgoingEvent } from "../../lib/core/event/outgoing-event.ts";
import type { ErrorLogEntry, EventCounts, Keptn } from "../../lib/keptn/ports.ts";

export interface LocalKeptnOptions {
  readonly configText: string;
  /** Receives every sent event as Keptn would forward it. */
  readonly onEvent: (event: SentEvent) => void;
  /** Receives entries for Keptn's error log. */
  readonly onError: (entry: ErrorLogEntry) => void;
  readonly now: () => Date;
}

/** Keptn sets the id and time of received events (api-service, handlers/event.go). */
export type SentEvent = OutgoingEvent & {
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: "application/json";
};

export const localKeptn = ({ configText, onEvent, onError, now }: LocalKeptnOptions): Keptn => {
  const sent: SentEvent[] = [];
  const countOf = (id: string, kind: "started" | "finished", source?: string): number =>
    sent.filter(
      (event) =>
        event.triggeredid === id &&
        event.type.endsWith(`.${kind}`) &&
        (source === undefined || event.source === source),
    ).length;
  /** As many finished as started events from all sources (shipyard-controller, models/sequence_execution.go). */
  const isOver = (id: string): boolean =>
    countOf(id, "started") > 0 && countOf(id, "started") === countOf(id, "finished");

  const keptn: Keptn = {
    getJobConfig: async () => ({ text: configText, level: "service" }),
    send: async (event) => {
      const { specversion, type, source, ...rest } = event;
      const time = now().toISOString();
      const made = { specversion, id: randomUUID(), source, type, time, datacontenttype: "application/json" as const };
      const whole: SentEvent = { ...made, ...rest };
      sent.push(whole);
      onEvent(whole);
    },
    getEventCounts: async ({ id }, source): Promise<EventCounts> => {
      if (isOver(id)) return { kind: "over" };
      const of = (one: string) => ({ started: countOf(id, "started", one), finished: countOf(id, "finished", one) });
      return {
        kind: "current",
        bySource: new Map(sent.map((event) => [event.source, of(event.source)])),
        ...of(source),
      };
    },
    getEvent: async () => undefined,
    isOpen: async ({ id }) => !isOver(id),
    logError: async (entry) => onError(entry),
    register: async () => {},
    within: () => keptn,
  };
  return keptn;
};
