// The only pod of the ApiServerSource: it never reports changes that happen while it restarts, and two of them report everything twice.
import { skewed } from "./chance.ts";
import type { World } from "./world.ts";

export interface Adapter {
  /** How often a change that happens now is delivered. */
  copies(): 0 | 1 | 2;
}

type Around = Pick<World, "chance" | "scheduler" | "tell"> & {
  /** Whether the ApiServerSource exists and its adapter has listed. */
  readonly isListing: () => boolean;
};

export const makeAdapter = ({ chance, scheduler, tell, isListing }: Around): Adapter => {
  const startMs = scheduler.now();
  const spot = chance.at("the world");
  const draw = (kind: "adapterRestarts" | "adapterOverlaps", longestMs: number, says: string) => {
    if (!spot.mishap(kind)) return [];
    return Array.from({ length: 1 + Math.floor(spot.roll(`${kind} number`) * 4) }, (_, i) => {
      const fromMs = startMs + skewed(spot.roll(`${kind} ${i} from`), 0, 600_000);
      scheduler.after(fromMs - startMs, () => tell(() => says));
      return { fromMs, toMs: fromMs + skewed(spot.roll(`${kind} ${i} for`), 500, longestMs) };
    });
  };
  const down = draw("adapterRestarts", 300_000, "the ApiServerSource's adapter restarts");
  const twice = draw("adapterOverlaps", 60_000, "a second adapter of the ApiServerSource starts");
  const isIn = (windows: readonly { readonly fromMs: number; readonly toMs: number }[]): boolean =>
    windows.some(({ fromMs, toMs }) => fromMs <= scheduler.now() && scheduler.now() < toMs);
  return {
    copies: () => {
      if (!isListing()) chance.note("a change while there is no watch");
      if (!isListing()) return 0;
      if (isIn(down)) chance.note("a change while the adapter restarts");
      return isIn(down) ? 0 : isIn(twice) ? 2 : 1;
    },
  };
};
