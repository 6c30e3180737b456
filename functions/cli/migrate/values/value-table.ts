// Every value of JES's chart and its replacement: the only table, for `job-executor migrate` and docs/reference/jes-values.md.
import { nearest } from "../../../lib/core/config/nearest.ts";
import { connectionRows } from "./connection.ts";
import { jobRows } from "./jobs.ts";
import { networkRows } from "./network.ts";
import type { Row } from "./parts.ts";
import { serviceRows } from "./service.ts";

/** If several rows match a value, the longest wins. */
export const valueTable: readonly Row[] = [...connectionRows, ...jobRows, ...serviceRows, ...networkRows];

/** @param path of a value in a values file */
export const rowOf = (path: readonly string[]): Row | undefined =>
  valueTable
    .filter(({ value }) => value.split(".").every((name, index) => path[index] === name))
    .toSorted((a, b) => b.value.length - a.value.length)[0];

/**
 * Compares part by part, so that `remoteControlPlane.enabled` is not corrected to `remoteControlPlane.api.token`.
 * @returns the value with the spelling corrected, or the only value of that name elsewhere
 */
export const valueMeantBy = (path: readonly string[]): string | undefined => {
  const known = valueTable.map(({ value }) => value);
  const isSlip = (part: string, given = "") => part === given || nearest(given, [part]) === part;
  const slip = known.find((value) => {
    const parts = value.split(".");
    return parts.length === path.length && parts.every((part, index) => isSlip(part, path[index]));
  });
  const namesakes = known.filter((value) => value.split(".").at(-1) === path.at(-1));
  return slip ?? (namesakes.length === 1 ? namesakes[0] : undefined);
};
