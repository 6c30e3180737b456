// Problems of a config, an event or a setting: returned as data, all at once, never thrown.

export interface Problem {
  /** Stable and greppable, kebab-case: `unknown-key`, `missing-image`, ... */
  readonly code: string;
  /** A note is not a problem, only useful to know. */
  readonly severity: "error" | "warning" | "note";
  /** One sentence that names the object. */
  readonly message: string;
  /** How to fix it, as one sentence. */
  readonly fix?: string;
  /** Its position, if it is in a file. Line and column count from 1. */
  readonly at?: Position;
}

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const errorProblem = (code: string, message: string, fix: string) =>
  ({ code, severity: "error", message, fix }) as const;

export const errorsIn = (problems: readonly Problem[]): Problem[] => problems.filter((p) => p.severity === "error");

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some((p) => p.severity === "error");

/** One line: `job/config.yaml:3:5 error unknown-key: ... (fix)`. */
export const renderProblem = (p: Problem): string =>
  `${p.at ? `${p.at.file}:${p.at.line}:${p.at.column} ` : ""}${p.severity} ${p.code}: ${p.message}${p.fix ? ` ${p.fix}` : ""}`;

export const renderProblems = (problems: readonly Problem[]): string => problems.map(renderProblem).join("\n");

/** Removes duplicates: a problem in a YAML anchor is reported once, however often the anchor is used. */
export const distinct = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [renderProblem(problem), problem])).values(),
];

/** Sorts by position in the text. */
export const byPlace = ({ at: a }: Pick<Problem, "at">, { at: b }: Pick<Problem, "at">): number =>
  (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
