// What many measurements of the same thing say: their middle, and how far they lie apart.

export interface Spread {
  readonly median: number;
  /** A quarter of the measurements is below. */
  readonly low: number;
  /** A quarter is above. */
  readonly high: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
};

/** Of each round by itself: what slows the machine for a while slows both, and leaves their ratio. */
export const ratioOf = (over: readonly number[], under: readonly number[]): Spread =>
  spreadOf(over.flatMap((value, round) => (under[round] ? [value / under[round]] : [])));
