// Events that Keptn lists but does not accept answers to yet: shortly after it triggered them, or for hours while a sequence is paused.
import type { Envelope } from "../lib/core/event/keptn-event.ts";

export type DeferredEvents = ReturnType<typeof makeDeferredEvents>;

interface Entry {
  readonly event: Envelope;
  readonly pauseMs: number;
  readonly dueMs: number;
}

/** Keptn accepts answers about 15 ms after it lists an event (reference: a real Keptn 1.4.5). */
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** The next poll finds the rest. */
const mostEntries = 500;

export const makeDeferredEvents = () => {
  const entries = new Map<string, Entry>();
  return {
    /** Notes that Keptn does not accept answers to it yet. */
    defer: (event: Envelope, nowMs: number): void => {
      const before = entries.get(event.id);
      if (!before && entries.size >= mostEntries) return;
      const pauseMs = before ? Math.min(before.pauseMs * 2, longestPauseMs) : firstPauseMs;
      entries.set(event.id, { event, pauseMs, dueMs: nowMs + pauseMs });
    },
    forget: (id: string): void => void entries.delete(id),
    /** Whether it was noted recently and is not due yet. */
    isDeferred: (id: string, nowMs: number): boolean => (entries.get(id)?.dueMs ?? nowMs) > nowMs,
    /** Events to ask for again now. */
    due: (nowMs: number): Envelope[] =>
      [...entries.values()].filter(({ dueMs }) => dueMs <= nowMs).map(({ event }) => event),
    /** When the next one is due; Infinity if there is none. */
    get nextMs() {
      return [...entries.values()].reduce((next, { dueMs }) => Math.min(next, dueMs), Number.POSITIVE_INFINITY);
    },
    /** After a complete poll: drops events that Keptn no longer lists. */
    keep: (listed: ReadonlySet<string>): void => {
      for (const id of entries.keys()) if (!listed.has(id)) entries.delete(id);
    },
  };
};
