// Warnings about `$NAME` in a command without a shell, where NAME is a variable of the task.
import { quote } from "../../yaml/scalars.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";
import { isWholeSecret } from "../whole-secret.ts";
import { type CommandLine, dollarPrograms, isReadByShell, type Word } from "./command-line.ts";

/** At most one per word; a `$NAME` that is not a variable of the task may be meant literally. */
export const lintVariables = ({ name, env = [] }: Task, line: CommandLine): Warning[] => {
  if (line.programs.some((program) => dollarPrograms.has(program))) return [];
  const own = new Set(env.filter((entry) => !isWholeSecret(entry)).map((entry) => entry.name));
  return line.words.flatMap((word, index) => {
    const found = variablesIn(word).find((one) => own.has(one.variable) || given.test(one.variable));
    if (!found || isReadByShell(line, index) || isOneText(line, index)) return [];
    const message = `Task ${quote(name)} has no shell to interpret \`${found.written}\`: the program gets it unchanged.`;
    const fix = `Write $(${found.variable}), which Kubernetes replaces.`;
    return [{ code: "variable-without-shell", message, fix, path: word.path }];
  });
};

/** The first word is a whole command: `blank-in-command` reports it. */
const isOneText = ({ words, hasCommand }: CommandLine, index: number): boolean =>
  hasCommand && index === 0 && /\s/.test(words[0]?.text ?? "");

/** `$NAME`, `${NAME}`, `${NAME:-x}`; not `$$NAME`, `\$NAME` and PostgreSQL's `$NAME$`. */
const reference = /(?<![\\$])\$(?:(?<plain>[A-Za-z_]\w*)(?![\w$])|\{(?<braced>[A-Za-z_]\w*)(?::?[-=?+][^}]*)?\})/g;

const variablesIn = ({ text }: Word): { readonly variable: string; readonly written: string }[] =>
  [...text.matchAll(reference)].flatMap(({ 0: written, groups: { plain, braced } = {} }) =>
    braced && isProperty.test(text) ? [] : [{ variable: plain ?? braced ?? "", written }],
  );

/** `--spring.datasource.url=${URL}`, `-Dserver.url=${URL}`: Java's frameworks replace it themselves. */
const isProperty = /^(?:--|-D)[\w-]+\.[\w.-]+=/;

/** Variables of every task. */
const given = /^(?:KEPTN_(?:PROJECT|STAGE|SERVICE|RESULT)|LABELS_\w+)$/;
