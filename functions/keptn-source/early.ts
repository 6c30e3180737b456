// Events that Keptn lists but does not hear answers to yet: for a moment after it triggered them, or for hours while a sequence is paused.
import type { Envelope } from "../core/keptn-event.ts";

export interface Early {
  /** Keptn was asked, and does not hear answers to it. */
  note(event: Envelope, nowMs: number): void;
  forget(id: string): void;
  /** It was asked a moment ago, and its time has not come. */
  isResting(id: string, nowMs: number): boolean;
  /** Those to ask for again now. */
  due(nowMs: number): readonly Envelope[];
  /** When the next one is due; Infinity without any. */
  readonly nextMs: number;
  /** After a complete look: drops those that Keptn lists no longer. */
  keep(listed: ReadonlySet<string>): void;
}

interface Entry {
  readonly event: Envelope;
  readonly pauseMs: number;
  readonly dueMs: number;
}

/** Keptn listens some 15 ms after it lists an event (reference: a real Keptn 1.4.5). */
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** More are found by the next look. */
const mostEntries = 500;

export const makeEarly = (): Early => {
  const entries = new Map<string, Entry>();
  return {
    note: (event, nowMs) => {
      const before = entries.get(event.id);
      if (!before && entries.size >= mostEntries) return;
      const pauseMs = before ? Math.min(before.pauseMs * 2, longestPauseMs) : firstPauseMs;
      entries.set(event.id, { event, pauseMs, dueMs: nowMs + pauseMs });
    },
    forget: (id) => void entries.delete(id),
    isResting: (id, nowMs) => (entries.get(id)?.dueMs ?? nowMs) > nowMs,
    due: (nowMs) => [...entries.values()].filter(({ dueMs }) => dueMs <= nowMs).map(({ event }) => event),
    get nextMs() {
      return [...entries.values()].reduce((next, { dueMs }) => Math.min(next, dueMs), Number.POSITIVE_INFINITY);
    },
    keep: (listed) => {
      for (const id of entries.keys()) if (!listed.has(id)) entries.delete(id);
    },
  };
};
