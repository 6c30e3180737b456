// Reduces a failing seed: leaves out every event and fault that is not needed to break the same invariant.
import { type Outcome, type SimulateOptions, simulate } from "./simulate.ts";

export interface Shrunk {
  readonly outcome: Outcome;
  /** Faults and events to leave out. */
  readonly without: ReadonlySet<string>;
}

/** Events first; then halves of the faults, then single ones, until nothing more can be left out. */
export const shrink = async (seed: number, options: SimulateOptions = {}): Promise<Shrunk> => {
  let best: Shrunk = { outcome: await simulate(seed, options), without: new Set() };
  const rule = best.outcome.violation?.rule;
  const tryWithout = async (names: readonly string[]): Promise<boolean> => {
    const without = new Set([...best.without, ...names]);
    const outcome = await simulate(seed, { ...options, without });
    if (!rule || outcome.violation?.rule !== rule) return false;
    best = { outcome, without };
    return true;
  };
  for (const event of best.outcome.events) await tryWithout([event]);
  for (let size = Math.ceil(best.outcome.mishaps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.outcome.mishaps.length; ) {
      const names = best.outcome.mishaps.slice(at, at + size);
      if (!(await tryWithout(names))) at += size;
    }
  }
  return best;
};
