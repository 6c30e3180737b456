// Measures several things in turn, A B A B: whatever else the machine does meets all of them alike.

export interface Rounds {
  /** Measured and forgotten first: caches fill, code gets compiled. */
  readonly unmeasured: number;
  readonly measured: number;
}

/** @returns for each contestant its measurements, round by round */
export const interleave = async <Name extends string, Measured>(
  contestants: Readonly<Record<Name, () => Promise<Measured>>>,
  { unmeasured, measured }: Rounds,
): Promise<Record<Name, Measured[]>> => {
  const names = Object.keys(contestants) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Name, Measured[]>;
  for (let round = -unmeasured; round < measured; round++) {
    for (const name of names) {
      const value = await contestants[name]();
      if (round >= 0) values[name].push(value);
    }
  }
  return values;
};
