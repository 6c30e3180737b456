// A pause that can be ended early, even by a ring before it starts.
import type { SourceClock } from "./ports.ts";

export interface Wakeup {
  wake(): void;
  /** Whether it rang since the last call. */
  wasWoken(): boolean;
  /** Resolves when the time is over, it rings, or the program ends. */
  pause(milliseconds: number): Promise<void>;
}

export const makeWakeup = (clock: SourceClock, end: AbortSignal): Wakeup => {
  let woken = false;
  let interrupt = () => {};
  return {
    wake: () => {
      woken = true;
      interrupt();
    },
    wasWoken: () => {
      const before = woken;
      woken = false;
      return before;
    },
    pause: async (milliseconds) => {
      if (woken || end.aborted) return;
      const deferred = new AbortController();
      interrupt = () => deferred.abort();
      end.addEventListener("abort", interrupt, { once: true });
      await clock.pause(milliseconds, deferred.signal);
      end.removeEventListener("abort", interrupt);
    },
  };
};
