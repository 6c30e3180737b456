// Problems as lines: for people, and for GitHub Actions, which annotates the pull request.
import type { Problem } from "../../lib/core/problem.ts";
import type { Paint } from "../terminal.ts";

export const renderText = (problems: readonly Problem[], paint: Paint): string =>
  problems.map((problem) => renderLine(problem, paint)).join("\n");

const renderLine = ({ at, severity, code, message, fix }: Problem, paint: Paint): string => {
  const place = at ? `${paint("bold", `${at.file}:${at.line}:${at.column}`)} ` : "";
  const kind = paint(colours[severity], severity);
  return `${place}${kind} ${code}: ${message}${fix ? ` ${paint("dim", fix)}` : ""}`;
};

const colours = { error: "red", warning: "yellow", note: "cyan" } as const;

export const renderCount = (problems: readonly Problem[], files: readonly string[]): string => {
  const where = files.length === 1 ? files[0] : `${files.length} job configs`;
  const count = (wanted: Problem["severity"]) => problems.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings, notes] = [count("error"), count("warning"), count("note")];
  const wrong = errors + warnings === 0 ? "no problems" : `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
  return `${where}: ${wrong}${notes > 0 ? `, ${plural(notes, "note")}` : ""}.`;
};

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** GitHub, "Workflow commands": https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const renderGithub = (problems: readonly Problem[]): string =>
  problems
    .map(({ at, severity, code, message, fix }) => {
      const place = at ? `file=${property(at.file)},line=${at.line},col=${at.column},` : "";
      return `::${severity === "note" ? "notice" : severity} ${place}title=${property(code)}::${value(fix ? `${message} ${fix}` : message)}`;
    })
    .join("\n");

const value = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => value(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
