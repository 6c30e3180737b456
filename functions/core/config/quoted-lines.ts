// Texts in quotes that go on in a line further to the left: JES's decoder (libyaml) takes them, the `yaml` package does not.
import { Lexer } from "yaml";

export interface Indented {
  readonly text: string;
  /** How much further right a line begins than its author wrote it; lines count from 1. */
  readonly added: ReadonlyMap<number, number>;
}

/** Larger texts are left as they are: each repair looks at the whole text again. */
const maxLength = 64 * 1024;
const maxRepairs = 20;

/** White space at the beginning of a line means nothing inside quotes, so such lines can be moved to the right. */
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

/** @returns where a text in quotes begins that the lexer gave up at the end of its line */
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

/** The lexer's own marks between the parts of the text: document, end of a broken flow, scalar. */
const isMark = (lexeme: string): boolean => ["\u0002", "\u0018", "\u001f"].includes(lexeme);

/** @returns where the quote ends that begins at `from` */
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
