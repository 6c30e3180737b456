// A pause that can be ended early, even by a ring before it starts.
import type { SourceClock } from "./ports.ts";

export interface Alarm {
  ring(): void;
  /** Whether it rang since the last call. */
  hasRung(): boolean;
  /** Resolves when the time is over, it rings, or the program ends. */
  pause(milliseconds: number): Promise<void>;
}

export const makeAlarm = (clock: SourceClock, end: AbortSignal): Alarm => {
  let rung = false;
  let wake = () => {};
  return {
    ring: () => {
      rung = true;
      wake();
    },
    hasRung: () => {
      const before = rung;
      rung = false;
      return before;
    },
    pause: async (milliseconds) => {
      if (rung || end.aborted) return;
      const early = new AbortController();
      wake = () => early.abort();
      end.addEventListener("abort", wake, { once: true });
      await clock.pause(milliseconds, early.signal);
      end.removeEventListener("abort", wake);
    },
  };
};
