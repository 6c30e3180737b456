// Turns JES's Helm values into an overlay on our manifests, with notes.
import { byPlace, type Position, type Problem } from "../../../lib/core/problem.ts";
import { parseSettings } from "../../../lib/core/settings/settings.ts";
import { chartValues } from "./chart-values.ts";
import { notesAfter, notesBefore } from "./general-notes.ts";
import type { OverlayOptions, Placed, PlacedNote, PlacedPart, Row } from "./parts.ts";
import { renderOverlay } from "./render-overlay.ts";
import { rowOf, valueMeantBy, valueTable } from "./value-table.ts";
import { type Change, readValues, type Values } from "./values.ts";

export interface Migration {
  /** The text of a kustomization.yaml. */
  readonly overlay: string;
  readonly notes: readonly PlacedNote[];
}

export interface MigrateInput extends OverlayOptions {
  readonly text: string;
  /** Name of the values file in notes. */
  readonly file: string;
}

/** The result never contains a token or secret. */
export const planMigration = ({ text, file, ...options }: MigrateInput): Migration | { problems: Problem[] } => {
  const read = readValues(text, file, chartValues);
  if ("problems" in read) return { problems: [...read.problems] };
  const { values } = read;
  const parts = [...valueTable.flatMap((row) => partsOf(row, values)), ...unknownOf(values.changes)];
  const problems = [...problemsIn(parts), ...problemsOfSettings(parts)];
  if (problems.length > 0) return { problems: problems.toSorted(byPlace) };
  const own = parts.filter((part) => part.kind === "note").toSorted(byPlace);
  const notes = [...notesBefore(options), ...own, ...notesAfter(values, options)];
  return { overlay: renderOverlay(parts, options), notes };
};

const partsOf = (row: Row, values: Values): PlacedPart[] => {
  const [change] = values.changes.filter(({ path }) => rowOf(path) === row);
  const made = row.make({ value: values.get(row.value), isChanged: change !== undefined, values });
  return made.map((part) => ({ ...part, from: row.value, ...placeOf(change ?? {}) }));
};

const unknownOf = (changes: readonly Change[]): PlacedPart[] =>
  changes
    .filter(({ path }) => !rowOf(path))
    .map(({ path, at }) => {
      const from = path.join(".");
      const guess = valueMeantBy(path);
      const text = `The chart of JES 0.3.0 has no such value, so it had no effect.${guess ? ` Did you mean \`${guess}\`?` : ""}`;
      return { kind: "note", section: "left-out", text, from, at };
    });

const problemsIn = (parts: readonly PlacedPart[]): Problem[] =>
  parts.flatMap((part) => (part.kind === "problem" ? [{ ...part.problem, ...placeOf(part) }] : []));

const placeOf = ({ at }: Placed): { at?: Position } => (at ? { at } : {});

/** Settings that would prevent a program from starting are problems of the migration. */
const problemsOfSettings = (parts: readonly PlacedPart[]): Problem[] => {
  const settings = parts.filter((part) => part.kind === "setting");
  return settings.flatMap((part) => {
    const parsed = parseSettings({ [part.name]: part.value });
    return "problems" in parsed ? parsed.problems.map((problem) => ({ ...problem, ...placeOf(part) })) : [];
  });
};
