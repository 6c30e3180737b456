// Characters that YAML forbids (1.2, section 5.1), and bytes that are not characters.
import { errorProblem, type Problem } from "../problem.ts";
import { hex, nameOfUndecoded } from "../text/decode-text.ts";

type Forbidden = Omit<Problem, "at"> & { readonly offset: number };

/** As in JES's decoder (yaml.v2, readerc.go). Quoted text can write them as escapes. */
const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Fast path for most configs: V8 compiles the ranges above only on first use. */
const isPlain = (text: string): boolean => /^[\t\n\r -~]*$/.test(text);

/** More would not help anyone. */
const mostFound = 100;

/** @returns the first one of each line */
export const findForbidden = (text: string): readonly Forbidden[] => {
  if (isPlain(text)) return [];
  const found: Forbidden[] = [];
  let lineEnd = -1;
  for (const { 0: character, index } of text.matchAll(forbidden)) {
    if (index <= lineEnd) continue;
    const end = text.indexOf("\n", index);
    lineEnd = end < 0 ? text.length : end;
    found.push({ ...describe(character), offset: index });
    if (found.length === mostFound) break;
  }
  return found;
};

/** Replaces each one in place, so that offsets stay the same. */
export const withoutForbidden = (text: string): string => (isPlain(text) ? text : text.replace(forbidden, "\ufffd"));

const describe = (character: string) =>
  character.isWellFormed() ? forbiddenCharacter(character.charCodeAt(0)) : notDecoded(nameOfUndecoded(character));

const forbiddenCharacter = (code: number) =>
  errorProblem(
    "forbidden-character",
    `YAML forbids the character U+${hex(code, 4)}${code === 0 ? " (NUL)" : ""}.`,
    code === 0 ? "Remove it." : `Remove it, or write it in double quotes as "${escapeOf(code)}".`,
  );

/** YAML 1.2, section 5.7. */
const escapeOf = (code: number): string => (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);

const notDecoded = (what: string) =>
  errorProblem("bad-encoding", `The ${what} is neither UTF-8 nor UTF-16.`, "Save the file in UTF-8.");
