// The shape of a measure and of its rows: a figure, what it is held against, and the bound it has to keep.
import type { Spread } from "./statistics.ts";

export interface Measure {
  /** One line: what it tells. */
  readonly about: string;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}

/** What a measure works with. */
export interface Bench {
  /** The bundles and their compile cache, as in the image. */
  readonly dist: string;
  /** Programs of test/bench/programs as bundles: `bare-server.cjs`. */
  readonly programs: string;
  /** For whatever else a measure writes; removed at the end. */
  readonly scratch: string;
  /** Tells how far it is, on stderr. */
  readonly say: (progress: string) => void;
}

export interface Row {
  readonly name: string;
  readonly value: Spread;
  readonly unit: Unit;
  /** Its floor, or what a user would otherwise have. */
  readonly against?: { readonly name: string; readonly value: Spread };
  /** `times`: so many times what it is held against. `faster`: the other way round. */
  readonly ratio?: { readonly kind: "times" | "faster"; readonly value: Spread };
  readonly bound?: Bound;
  /** The column of docs/performance.md's history that this row goes to: its ratio, or its value where it has none. */
  readonly column?: string;
}

export type Unit = "ms" | "ms of CPU" | "MiB" | "MB" | "calls" | "calls/s" | "runs/s" | "s" | "pods";

/** Of the ratio where there is one, else of the value; held by the median. */
export type Bound = { readonly most: number } | { readonly least: number };

/** What the bound speaks of. */
export const boundedOf = ({ ratio, value }: Row): number => (ratio?.value ?? value).median;

export const keepsBound = (row: Row): boolean => {
  if (!row.bound) return true;
  const bounded = boundedOf(row);
  return "most" in row.bound ? bounded <= row.bound.most : bounded >= row.bound.least;
};
