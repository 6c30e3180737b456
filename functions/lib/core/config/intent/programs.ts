// Warnings about a program from the Git repository that is started without its path below /keptn.
import { filesFolder } from "../../files/fetch-order.ts";
import { parseFileEntry } from "../../files/file-names.ts";
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";
import { baseName, commandLineOf, type Word } from "./command-line.ts";

export const lintProgram = (task: Task, path: Path): Warning[] => {
  if ((task.files ?? []).length === 0) return [];
  const { words, hasCommand } = commandLineOf(task, path);
  const program = hasCommand ? words[0] : undefined;
  const script = hasCommand && runners.has(baseName(program?.text ?? "")) ? scriptOf(words) : undefined;
  const found = [program, script].find((word) => word && isMeant(word, task, word === program));
  if (!found) return [];
  const file = `${filesFolder}/${relativeOf(found.text)}`;
  const message = `Task ${quote(task.name)} starts ${quote(found.text)} from the image, but its file is at ${file}.`;
  return [{ code: "program-outside-keptn", message, fix: `Write ${file}.`, path: found.path }];
};

/** Programs that take a file to run as their first argument. */
const runners = new Set(
  "sh bash ash dash zsh ksh python python2 python3 node perl ruby php pwsh deno bun Rscript".toLowerCase().split(" "),
);

/** The script of a runner: its first argument that is not an option, including the text of `-c`. */
const scriptOf = (words: readonly Word[]): Word | undefined => words.slice(1).find(({ text }) => !text.startsWith("-"));

const relativeOf = (text: string): string => text.replace(/^(?:\.?\/)+/, "");

const isMeant = ({ text }: Word, task: Task, isProgram: boolean): boolean => {
  const { files = [], workingDir = "", env = [] } = task;
  const isBare = !text.includes("/");
  if (isProgram && isBare && env.some(({ name }) => name === "PATH")) return false;
  const isRelative = !text.startsWith("/");
  if (isRelative && !(isProgram && isBare) && /^\/keptn(?:\/|$)/.test(workingDir)) return false;
  const file = relativeOf(text);
  return files.map((entry) => parseFileEntry(entry).path).some((entry) => isOf(entry, { file, isRelative, isBare }));
};

interface Name {
  readonly file: string;
  readonly isRelative: boolean;
  readonly isBare: boolean;
}

/** A name without folder and extension (`k6`) may be a program of the image; `/bin/x` always is. */
const isOf = (entry: string, { file, isRelative, isBare }: Name): boolean => {
  if (entry === file) return /\.\w+$/.test(file) || (isRelative && !isBare);
  return entry !== "" && isRelative && file.startsWith(`${entry}/`);
};
