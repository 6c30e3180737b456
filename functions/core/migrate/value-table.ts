// Every value of JES's chart and what becomes of it: the one table for `job-executor migrate` and docs/reference/jes-values.md.
import { connectionRows } from "./connection.ts";
import { jobRows } from "./jobs.ts";
import { networkRows } from "./network.ts";
import type { Row } from "./parts.ts";
import { serviceRows } from "./service.ts";

/** Of rows that fit a value, the longest counts. */
export const valueTable: readonly Row[] = [...connectionRows, ...jobRows, ...serviceRows, ...networkRows];

/** @param path of a value in a values file */
export const rowOf = (path: readonly string[]): Row | undefined =>
  valueTable
    .filter(({ value }) => value.split(".").every((name, index) => path[index] === name))
    .toSorted((a, b) => b.value.length - a.value.length)[0];
