// Makes rows of measurements that were taken in turn.
import type { Row } from "./measure.ts";
import { ratioOf, spreadOf } from "./statistics.ts";

interface Against {
  readonly name: string;
  readonly values: readonly number[];
}

type Given = Pick<Row, "name" | "unit" | "bound" | "column"> & { readonly values: readonly number[] };

export const plainRow = ({ values, ...row }: Given): Row => ({ ...row, value: spreadOf(values) });

/** So many times its floor. */
export const timesRow = ({ values, ...row }: Given, floor: Against): Row => ({
  ...row,
  value: spreadOf(values),
  against: { name: floor.name, value: spreadOf(floor.values) },
  ratio: { kind: "times", value: ratioOf(values, floor.values) },
});

/** So many times faster than what there would be otherwise. */
export const fasterRow = ({ values, ...row }: Given, other: Against): Row => ({
  ...row,
  value: spreadOf(values),
  against: { name: other.name, value: spreadOf(other.values) },
  ratio: { kind: "faster", value: ratioOf(other.values, values) },
});

/** One row for each kind of call. */
export const countRows = (counts: Readonly<Record<string, number>>): Row[] =>
  Object.entries(counts).map(([kind, count]) => plainRow({ name: `  ${kind}`, unit: "calls", values: [count] }));
