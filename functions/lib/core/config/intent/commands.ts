// Warnings about commands that need a shell, although Kubernetes starts them without one.
import type { Path } from "../../yaml/path.ts";
import { quote } from "../../yaml/scalars.ts";
import { commandList } from "../command-text.ts";
import type { Task } from "../schema.ts";
import type { Warning } from "../warning.ts";
import { commandLineOf } from "./command-line.ts";
import { lintOperators } from "./shell-operators.ts";
import { lintVariables } from "./shell-variables.ts";

export const lintCommand = (task: Task, path: Path): Warning[] => {
  const line = commandLineOf(task, path);
  return [...lintBlank(task, path), ...lintOperators(task, line), ...lintVariables(task, line)];
};

const lintBlank = ({ name, cmd: [program = "", ...more] = [] }: Task, path: Path): Warning[] => {
  if (!/\s/.test(program) || mayHaveBlanks(program)) return [];
  const message = `Task ${quote(name)} starts a single program named ${quote(program)}, with a space in its name.`;
  const fix = `Write \`cmd: ${JSON.stringify([...commandList(program), ...more])}\`.`;
  return [{ code: "blank-in-command", message, fix, path: [...path, "cmd", 0] }];
};

/** A path with a space in a folder name: `C:\Program Files\x.exe`, `/opt/My App/run`. */
const mayHaveBlanks = (program: string): boolean => {
  if (program.includes("\\")) return true;
  const [first = "", ...words] = program.split(/\s+/);
  return first.startsWith("/") && words.every((word) => !/^[-/]|^$/.test(word)) && (words.at(-1) ?? "").includes("/");
};
