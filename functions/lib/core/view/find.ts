// Finds runs by an id, or the beginning of one.
import type { RunState } from "../run/run-state.ts";

/** Shorter prefixes are too ambiguous. */
const fewestCharacters = 4;

/** The displayed form of a run's id; {@link findRuns} accepts it. */
export const shortIdOf = (id: string): string => id.replace(/^([0-9a-f]{8})[0-9a-f]+/, "$1");

/** @param wanted a run's id (displayed or label form), event id or Keptn context, or the beginning of one */
export const findRuns = (runs: readonly RunState[], wanted: string): RunState[] => {
  const [, hash = "", number] = /^([0-9a-f]+)(-\d{3})?$/i.exec(wanted) ?? [];
  if (wanted.length < fewestCharacters) return [];
  return runs.filter(
    ({ id, event }) =>
      id.startsWith(wanted) ||
      (number !== undefined && id.startsWith(hash) && id.endsWith(number)) ||
      event.id.startsWith(wanted) ||
      event.shkeptncontext.startsWith(wanted),
  );
};
