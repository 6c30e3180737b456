// Repairs quoted text that continues on a less indented line: JES's decoder (libyaml) accepts it, the `yaml` package does not.
import { Lexer } from "yaml";

export interface Indented {
  readonly text: string;
  /** Number of columns added to a line; lines count from 1. */
  readonly added: ReadonlyMap<number, number>;
}

/** Larger texts are not repaired, because each repair scans the whole text again. */
const maxLength = 64 * 1024;
const maxRepairs = 20;

/** Leading white space has no meaning inside quotes, so such lines can be indented. */
export const indentQuoted = (text: string): Indented => {
  const added = new Map<number, number>();
  let repaired = text;
  for (let repairs = 0; repairs < maxRepairs && repaired.length <= maxLength; repairs++) {
    const quote = findCutQuote(repaired);
    const end = quote === undefined ? undefined : endOfQuote(repaired, quote);
    if (quote === undefined || end === undefined) break;
    repaired = indentLines(repaired, { from: quote, to: end }, added);
  }
  return { text: repaired, added };
};

/** @returns the offset of a quoted text that the lexer gave up on at the end of its line */
const findCutQuote = (text: string): number | undefined => {
  let at = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (isMark(lexeme)) continue;
    const isQuoted = lexeme.startsWith('"') || lexeme.startsWith("'");
    if (isQuoted && endOfQuote(lexeme, 0) === undefined) return at;
    at += lexeme.length;
  }
  return undefined;
};

/** Control marks that the lexer inserts: document, end of a broken flow, scalar. */
const isMark = (lexeme: string): boolean => ["\u0002", "\u0018", "\u001f"].includes(lexeme);

/** @returns the end of the quoted text that begins at `from` */
const endOfQuote = (text: string, from: number): number | undefined => {
  const quoted = text[from] === '"' ? /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y : /'[^']*(?:''[^']*)*'(?!')/y;
  quoted.lastIndex = from;
  return quoted.test(text) ? quoted.lastIndex : undefined;
};

const indentLines = (text: string, { from, to }: { from: number; to: number }, added: Map<number, number>): string => {
  const column = from - (text.lastIndexOf("\n", from) + 1) + 1;
  const first = text.slice(0, from).split("\n").length;
  const [start = "", ...lines] = text.slice(from, to).split("\n");
  const moved = lines.map((line, index) => {
    if (line.trim() === "") return line;
    added.set(first + index + 1, (added.get(first + index + 1) ?? 0) + column);
    return " ".repeat(column) + line;
  });
  return text.slice(0, from) + [start, ...moved].join("\n") + text.slice(to);
};
