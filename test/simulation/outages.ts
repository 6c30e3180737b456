// When Kubernetes or Keptn cannot be reached, and what a restarting or overloaded Keptn forgets.
import { type Chance, type Spot, skewed } from "./chance.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Outages {
  isAway(who: "kubernetes" | "keptn"): boolean;
  /**
   * Keptn accepts an event now and counts it some time later: shipyard-controller acknowledges it before processing.
   * @returns the time when it is counted (epoch milliseconds)
   */
  ofTaken(spot: Spot): number | "dropped";
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
  /** The time within which Keptn counts an event, unless it restarts. */
  readonly countedMs: number;
}

export const drawOutages = ({ chance, scheduler, tell, beyondBounds, countedMs }: OutagePorts): Outages => {
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
  const overloaded = spot.mishap("keptnOverloaded");
  const stumbles = (what: string): boolean => overloaded && spot.roll(`${what} at ${scheduler.now()}`) < 0.1;
  return {
    isAway: (who) =>
      windows[who].some(({ fromMs, toMs }) => fromMs <= scheduler.now() && scheduler.now() < toMs) ||
      (who === "keptn" && stumbles("refuses")),
    ofTaken: (taken) => {
      if (taken.mishap("answerDropped") || stumbles("drops")) return "dropped";
      const atMs = scheduler.now();
      const roll = taken.roll("counted");
      const dueMs = atMs + (overloaded ? roll * countedMs : skewed(roll, 5, countedMs));
      const hit = windows.keptn.find(({ fromMs, toMs }) => fromMs <= dueMs && atMs <= toMs);
      if (!hit) return beyondBounds ? dueMs + skewed(spot.roll(`backlog ${atMs}`), 0, 300_000) : dueMs;
      // Events that shipyard-controller had not fetched wait in NATS: they are counted later than any bound.
      return beyondBounds && spot.roll(`kept ${atMs}`) < 0.5 ? hit.toMs + (dueMs - atMs) : "dropped";
    },
  };
};
