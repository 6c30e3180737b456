// Which runs somebody means by an id, or the beginning of one.
import type { RunState } from "../run-state.ts";

/** Shorter beginnings could mean anything. */
const fewestCharacters = 4;

/** What people see of a run's id; {@link findRuns} takes it. */
export const shortIdOf = (id: string): string => id.replace(/^([0-9a-f]{8})[0-9a-f]+/, "$1");

/** @param wanted id of a run as people see it or as its label has it, of its event or of its Keptn context, or the beginning of one */
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
