// Seeded chance: every decision has its own name, so that leaving one fault out changes no other decision.
import { harmless, type Mishap, phrases, rates } from "./rates.ts";

export interface Chance {
  /** A place in the world where something may happen. Its name must be unique. */
  at(name: string): Spot;
  /** The faults so far, in order. */
  readonly mishaps: readonly string[];
  /** No fault has happened yet that delays anything. */
  isCalm(): boolean;
  /** How often each kind of thing happened. */
  readonly happened: ReadonlyMap<string, number>;
  /** Counts something that happened and is not a fault. */
  note(what: string): void;
  /** No more faults once this holds. */
  endWhen(isOver: () => boolean): void;
}

export interface Spot {
  /** From 0 up to 1, the same for a name in every run of the seed. */
  roll(what: string): number;
  /**
   * Whether a fault happens here. It is recorded when it does, and never happens when it is left out.
   * @param to what it happens to, counted separately
   */
  mishap(kind: Mishap, to?: string): boolean;
}

export interface ChanceOptions {
  /** Names of faults to leave out: this is how a failing seed is reduced. */
  readonly without?: ReadonlySet<string> | undefined;
  /** The only faults to inject, and often. */
  readonly only?: readonly Mishap[] | undefined;
}

export const makeChance = (seed: number, { without = new Set(), only }: ChanceOptions = {}): Chance => {
  const mishaps: string[] = [];
  let calm = true;
  let isOver = () => false;
  const happened = new Map<string, number>();
  const note = (what: string): void => void happened.set(what, (happened.get(what) ?? 0) + 1);
  const roughness = new Map<Mishap, number>();
  const rateOf = (kind: Mishap): number => {
    const factor = only
      ? only.includes(kind)
        ? often
        : 0
      : (roughness.get(kind) ?? factorOf(fraction(hash("roughness", seed), kind)));
    roughness.set(kind, factor);
    return Math.min(0.5, rates[kind] * factor);
  };
  return {
    ...{ mishaps, happened, note, isCalm: () => calm },
    endWhen: (holds) => {
      isOver = holds;
    },
    at: (name) => {
      const place = hash(name, seed);
      return {
        roll: (what) => fraction(place, what),
        mishap: (kind, to) => {
          if (fraction(place, kind) >= rateOf(kind) || isOver()) return false;
          const mishap = `${name}: ${phrases[kind]}`;
          if (without.has(mishap)) return false;
          mishaps.push(mishap);
          calm &&= harmless.has(kind);
          note(to ? `${kind} ${to}` : kind);
          return true;
        },
      };
    },
  };
};

const often = 8;

/** A kind of fault is absent from a third of the worlds and frequent in a few: those find what rare faults hide. */
const factorOf = (roll: number): number => (roll < 0.35 ? 0 : roll < 0.8 ? 1 : roll < 0.95 ? 2.5 : often);

/** From `low` to `high`, mostly near `low`: the third power of a roll. */
export const skewed = (roll: number, low: number, high: number): number => low + (high - low) * roll ** 3;

const salts = new Map<string, number>();

const fraction = (place: number, what: string): number => {
  let salt = salts.get(what);
  if (salt === undefined) {
    salt = hash(what, 0);
    salts.set(what, salt);
  }
  return mix(place ^ salt) / 4_294_967_296;
};

/** MurmurHash3 over the characters of a name: 32 bits, unsigned. */
const hash = (name: string, seed: number): number => {
  let h = seed | 0;
  for (let i = 0; i < name.length; i++) {
    let k = Math.imul(name.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  return mix(h ^ name.length);
};

const mix = (hashed: number): number => {
  let h = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
