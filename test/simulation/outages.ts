// When Kubernetes or Keptn cannot be reached, and what a Keptn that restarts forgets.
import { type Chance, skewed } from "./chance.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Outages {
  isAway(who: "kubernetes" | "keptn"): boolean;
  /**
   * Keptn takes an event and counts it some time later; shipyard-controller acknowledges what it has not worked on yet.
   * @returns when it is counted (epoch milliseconds)
   */
  ofTaken(atMs: number, dueMs: number): number | "dropped";
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface OutagePorts {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly tell: (text: () => string) => void;
  readonly beyondBounds: boolean;
}

export const drawOutages = ({ chance, scheduler, tell, beyondBounds }: OutagePorts): Outages => {
  const startMs = scheduler.now();
  const spot = chance.at("the world");
  const draw = (kind: "keptnRestarts" | "apiServerAway", who: string): Window[] => {
    if (!spot.mishap(kind)) return [];
    const number = 1 + Math.floor(spot.roll(`${kind} number`) * 4);
    return Array.from({ length: number }, (_, i) => {
      const fromMs = startMs + skewed(spot.roll(`${kind} ${i} from`), 0, 900_000);
      const window = { fromMs, toMs: fromMs + skewed(spot.roll(`${kind} ${i} for`), 500, 1_800_000) };
      scheduler.after(fromMs - startMs, () => tell(() => `${who} is away`));
      scheduler.after(window.toMs - startMs, () => tell(() => `${who} is back`));
      return window;
    });
  };
  const windows = { keptn: draw("keptnRestarts", "Keptn"), kubernetes: draw("apiServerAway", "the API server") };
  return {
    isAway: (who) => windows[who].some(({ fromMs, toMs }) => fromMs <= scheduler.now() && scheduler.now() < toMs),
    ofTaken: (atMs, dueMs) => {
      const hit = windows.keptn.find(({ fromMs, toMs }) => fromMs <= dueMs && atMs <= toMs);
      if (!hit) return beyondBounds ? dueMs + skewed(spot.roll(`backlog ${atMs}`), 0, 300_000) : dueMs;
      // What shipyard-controller had not fetched yet waits for it in NATS: later than any bound.
      return beyondBounds && spot.roll(`kept ${atMs}`) < 0.5 ? hit.toMs + (dueMs - atMs) : "dropped";
    },
  };
};
