// What the author of a config, an event or a setting got wrong: data, all of it at once, never thrown.

export interface Problem {
  /** Stable and greppable, kebab-case: `unknown-key`, `missing-image`, ... */
  readonly code: string;
  /** A note says that nothing is wrong, but that something is worth knowing. */
  readonly severity: "error" | "warning" | "note";
  /** One sentence that names the object. */
  readonly message: string;
  /** What to do about it, as one sentence. */
  readonly fix?: string;
  /** Where it stands, if it stands in a file. Line and column count from 1. */
  readonly at?: Position;
}

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some((p) => p.severity === "error");

/** One line for people: `job/config.yaml:3:5 error unknown-key: ... (fix)`. */
export const renderProblem = (p: Problem): string =>
  `${p.at ? `${p.at.file}:${p.at.line}:${p.at.column} ` : ""}${p.severity} ${p.code}: ${p.message}${p.fix ? ` ${p.fix}` : ""}`;

export const renderProblems = (problems: readonly Problem[]): string => problems.map(renderProblem).join("\n");

/** What is wrong in an anchor is wrong once, however often it is used. */
export const distinct = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [renderProblem(problem), problem])).values(),
];

/** In the order of the text. */
export const byPlace = ({ at: a }: Pick<Problem, "at">, { at: b }: Pick<Problem, "at">): number =>
  (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
