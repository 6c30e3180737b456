// Parses YAML text into one document, within limits that protect the process from hostile text.
import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from "yaml";
import { errorProblem, type Position, type Problem } from "../problem.ts";
import { findForbidden, withoutForbidden } from "./characters.ts";
import { type Indented, indentQuoted } from "./quoted-lines.ts";

const maxBytes = 1024 * 1024;
/** Nesting of brackets, lists and maps. Far below the depth that overflows the composer's stack. */
const maxNesting = 100;
const maxLexemes = 200_000;

export interface YamlDocument {
  /** undefined: the text contains only comments. */
  readonly document: Document.Parsed | undefined;
  /** Problems that do not prevent reading. */
  readonly flaws: readonly Problem[];
  readonly place: (offset: number) => Position;
}

export type YamlProblems = { readonly problems: readonly Problem[] };

export const parseYaml = (text: string, file: string): YamlDocument | YamlProblems => {
  const parsed = parseText(text, file, new Map());
  if (!("problems" in parsed) || !parsed.problems.some(({ code }) => code === "yaml-syntax")) return parsed;
  const indented = indentQuoted(text);
  return indented.added.size > 0 ? parseText(indented.text, file, indented.added) : parsed;
};

const parseText = (text: string, file: string, added: Indented["added"]): YamlDocument | YamlProblems => {
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col - (added.get(line) ?? 0), 1) };
  };
  if (text.length > maxBytes) return { problems: [{ ...tooLarge, at: place(0) }] };
  const tokens = tokensOf(withoutForbidden(text), lines);
  if ("over" in tokens) return { problems: [{ ...tokens.over, at: place(tokens.offset) }] };
  // Failsafe: every scalar stays as written (`1.10`, `0123`). We handle merge keys and duplicates.
  const composer = new Composer({
    schema: "failsafe",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
  });
  const documents = [...composer.compose(tokens.tokens)];
  const filled = documents.filter(({ contents }) => contents !== null && contents.range[0] !== contents.range[1]);
  const [first = documents.at(-1), second] = filled;
  const forbidden = findForbidden(text).map(({ offset, ...problem }) => ({ ...problem, at: place(offset) }));
  // Like JES, which ignored everything after the first document.
  const read = documents.slice(0, first ? documents.indexOf(first) + 1 : 0);
  const problems = read.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({ ...syntaxError(message), at: place(pos[0]) })),
  );
  if (problems.length > 0) return { problems: [...forbidden, ...problems] };
  const flaws = second ? [...forbidden, { ...severalDocuments, at: place(second.range[0]) }] : forbidden;
  return { document: filled[0] as Document.Parsed | undefined, flaws, place };
};

type Tokens = { readonly tokens: CST.Token[] } | { readonly over: Omit<Problem, "at">; readonly offset: number };

/** The parser keeps its own stack, so the depth is known before anything recurses. */
const tokensOf = (text: string, lines: LineCounter): Tokens => {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    count += 1;
    if (parser.stack.length > maxNesting) return { over: tooDeep, offset: parser.offset };
    if (count > maxLexemes) return { over: tooLarge, offset: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
};

const tooLarge = errorProblem(
  "document-too-large",
  `The job config is larger than ${maxBytes} bytes, or has more than ${maxLexemes} YAML tokens.`,
  "Move large content into separate files, and list them under `files`.",
);

export const tooDeep = errorProblem(
  "too-deep",
  "The job config is nested too deeply.",
  "A job config needs at most eight levels.",
);

const severalDocuments: Omit<Problem, "at"> = {
  code: "several-documents",
  severity: "warning",
  message: "The job config has more than one YAML document; only the first one is read.",
  fix: "Remove everything after its `---`, or move its actions up.",
};

const syntaxError = (message: string) =>
  errorProblem("yaml-syntax", `Invalid YAML: ${message}.`, "Check indentation, colons and quotes here and just above.");
