// Events that Keptn lists but does not accept answers to yet: shortly after it triggered them, or for hours while a sequence is paused.
import type { Envelope } from "../lib/core/event/keptn-event.ts";

export interface DeferredEvents {
  /** Notes that Keptn does not accept answers to it yet. */
  defer(event: Envelope, nowMs: number): void;
  forget(id: string): void;
  /** Whether it was noted recently and is not due yet. */
  isDeferred(id: string, nowMs: number): boolean;
  /** Events to ask for again now. */
  due(nowMs: number): readonly Envelope[];
  /** When the next one is due; Infinity if there is none. */
  readonly nextMs: number;
  /** After a complete poll: drops events that Keptn no longer lists. */
  keep(listed: ReadonlySet<string>): void;
}

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

export const makeDeferredEvents = (): DeferredEvents => {
  const entries = new Map<string, Entry>();
  return {
    defer: (event, nowMs) => {
      const before = entries.get(event.id);
      if (!before && entries.size >= mostEntries) return;
      const pauseMs = before ? Math.min(before.pauseMs * 2, longestPauseMs) : firstPauseMs;
      entries.set(event.id, { event, pauseMs, dueMs: nowMs + pauseMs });
    },
    forget: (id) => void entries.delete(id),
    isDeferred: (id, nowMs) => (entries.get(id)?.dueMs ?? nowMs) > nowMs,
    due: (nowMs) => [...entries.values()].filter(({ dueMs }) => dueMs <= nowMs).map(({ event }) => event),
    get nextMs() {
      return [...entries.values()].reduce((next, { dueMs }) => Math.min(next, dueMs), Number.POSITIVE_INFINITY);
    },
    keep: (listed) => {
      for (const id of entries.keys()) if (!listed.has(id)) entries.delete(id);
    },
  };
};
