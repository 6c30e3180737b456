// Warnings about `&&`, `|`, `>`, `;` in a command without a shell.
import { quote } from "../../yaml/scalars.ts";
import { commandText } from "../command-text.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";
import { baseName, type CommandLine, isReadByShell, posixShells, signPrograms, type Word } from "./command-line.ts";

/** At most one per task: after the first operator, another command begins. */
export const lintOperators = ({ name }: Task, line: CommandLine): Warning[] => {
  if (line.programs.some((program) => signPrograms.has(program))) return [];
  const index = line.words.findIndex((_, at) => isOperator(line.words, at));
  const operator = line.words[index];
  if (!operator) return [];
  const script = scriptBefore(line.words, index);
  if (script) return [operatorAfterScript({ name, line, operator, script })];
  return isReadByShell(line, index) ? [] : [operatorWithoutShell({ name, line, operator })];
};

const isOperator = (words: readonly Word[], at: number): boolean => {
  const [before = "", text = "", after] = [-1, 0, 1].map((step) => words[at + step]?.text);
  if (at === 0 || isSeparator(before, text)) return false;
  if (text === ";" && words.slice(0, at).some((word) => /^-(exec|ok)(dir)?$/.test(word.text))) return false; // find
  if (/^(?:\d?>&\d|(?:\d|&)?>>?\/dev\/(?:null|stdout|stderr))$/.test(text)) return true;
  if (/^(?:&&|\|\||\||\|&|;|&)$/.test(text)) return /^[\w./$(]/.test(after ?? "") && !/^\d/.test(after ?? "");
  return /^(?:\d|&)?(?:>>?|<)$/.test(text) && /^(?!-)[\w./$(-]*(?:[/$]|\.[a-z])/i.test(after ?? "");
};

/** `cut -d "|"`, `psql -F ";"`, `--separator ">"` */
const isSeparator = (option: string, text: string): boolean =>
  /^[|;&<>]$/.test(text) && /^-(?:[a-z]*[dFtse]|-.*(?:delim|sep|char|fs).*)$/i.test(option);

/** The text after `sh -c`, unless it uses the words after it. */
const scriptBefore = (words: readonly Word[], index: number): string | undefined => {
  const shell = words.slice(0, index).findIndex(({ text }) => posixShells.has(baseName(text)));
  const option = words.findIndex(({ text }, at) => shell >= 0 && at > shell && /^-[a-z]*c$/.test(text));
  const script = words[option + 1]?.text;
  return option < 0 || option + 1 >= index || script === undefined || /\$\{?[@*#!\d]/.test(script) ? undefined : script;
};

interface Found {
  readonly name: string;
  readonly line: CommandLine;
  readonly operator: Word;
}

const operatorWithoutShell = ({ name, line, operator }: Found): Warning => ({
  code: "operator-without-shell",
  message: `Task ${quote(name)} has no shell to interpret \`${operator.text}\`: the program gets it as an argument.`,
  fix: `Write \`cmd: ${listOf(["sh", "-c", commandText(line.words.map(({ text }) => text))])}\`.`,
  path: operator.path,
});

const operatorAfterScript = ({ name, line, operator, script }: Found & { readonly script: string }): Warning => {
  const texts = line.words.map(({ text }) => text);
  const begin = texts.indexOf(script);
  const whole = [...texts.slice(0, begin), commandText(texts.slice(begin), script)];
  return {
    code: "operator-after-script",
    message: `Task ${quote(name)} runs only ${quote(script)}: \`-c\` takes one text, and \`${operator.text}\` comes after it.`,
    fix: `Write \`cmd: ${listOf(whole)}\`.`,
    path: operator.path,
  };
};

const listOf = (texts: readonly string[]): string => JSON.stringify(texts);
