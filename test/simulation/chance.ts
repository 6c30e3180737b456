// Seeded chance: every decision has a name of its own, so that leaving one mishap out changes no other decision.

export interface Chance {
  /** From 0 up to 1, the same for a name in every run of the seed. */
  roll(name: string): number;
  /** Whether something bad or unusual happens. Noted when it does, and never when it is left out. */
  mishap(name: string, probability: number): boolean;
  /** The mishaps that happened, in their order. */
  readonly mishaps: readonly string[];
}

/** @param without names of mishaps that are left out: how a failing seed is shrunk */
export const makeChance = (seed: number, without: ReadonlySet<string> = new Set()): Chance => {
  const mishaps: string[] = [];
  const roll = (name: string): number => hash(name, seed) / 4_294_967_296;
  return {
    roll,
    mishap: (name, probability) => {
      if (roll(name) >= probability || without.has(name)) return false;
      mishaps.push(name);
      return true;
    },
    mishaps,
  };
};

/** From `low` to `high`, mostly near `low`: the third power of a roll. */
export const skewed = (roll: number, low: number, high: number): number => low + (high - low) * roll ** 3;

/** MurmurHash3's mixing over the characters of a name: 32 bits, unsigned. */
const hash = (name: string, seed: number): number => {
  let h = seed | 0;
  for (let i = 0; i < name.length; i++) {
    let k = Math.imul(name.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= name.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
