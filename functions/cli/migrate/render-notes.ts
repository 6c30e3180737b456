// The notes of a migration as text for people.
import type { Paint } from "../terminal.ts";
import type { Note, PlacedNote } from "./values/parts.ts";

const headings: Readonly<Record<Note["section"], string>> = {
  todo: "To do",
  changes: "What changes",
  "left-out": "Not in the overlay",
};

export const renderNotes = (notes: readonly PlacedNote[], style: Paint): string =>
  Object.entries(headings)
    .map(([section, heading]) => ({ section, heading, own: notes.filter((note) => note.section === section) }))
    .filter(({ own }) => own.length > 0)
    .map(({ section, heading, own }) => {
      const lines = own.map((note, index) => renderNote(note, section === "todo" ? `${index + 1}.` : "-", style));
      return [style("bold", heading), ...lines].join("\n");
    })
    .join("\n\n");

const renderNote = ({ text, commands = [], from, at }: PlacedNote, sign: string, style: Paint): string => {
  const place = at ? `${at.file}:${at.line}:${at.column} ` : "";
  const subject = from ? `${style("dim", place)}${from}: ` : "";
  return [`${sign} ${subject}${text}`, ...commands.map((line) => `     ${line}`)].join("\n");
};
