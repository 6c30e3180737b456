// Problems as lines: for people, and for GitHub Actions, which shows them at their place in the pull request.
import type { Problem } from "../../core/problem.ts";
import type { Format } from "../terminal.ts";

type Paint = (format: Format, text: string) => string;

export const renderText = (problems: readonly Problem[], paint: Paint): string =>
  problems.map((problem) => renderLine(problem, paint)).join("\n");

const renderLine = ({ at, severity, code, message, fix }: Problem, paint: Paint): string => {
  const place = at ? `${paint("bold", `${at.file}:${at.line}:${at.column}`)} ` : "";
  const kind = paint(severity === "error" ? "red" : "yellow", severity);
  return `${place}${kind} ${code}: ${message}${fix ? ` ${paint("dim", fix)}` : ""}`;
};

export const renderCount = (problems: readonly Problem[], files: readonly string[]): string => {
  const where = files.length === 1 ? files[0] : `${files.length} job configs`;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (problems.length === 0) return `${where}: nothing is wrong.`;
  return `${where}: ${plural(errors, "error")}, ${plural(problems.length - errors, "warning")}.`;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** GitHub, "Workflow commands": https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const renderGithub = (problems: readonly Problem[]): string =>
  problems
    .map(({ at, severity, code, message, fix }) => {
      const place = at ? `file=${property(at.file)},line=${at.line},col=${at.column},` : "";
      return `::${severity} ${place}title=${property(code)}::${value(fix ? `${message} ${fix}` : message)}`;
    })
    .join("\n");

const value = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => value(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
