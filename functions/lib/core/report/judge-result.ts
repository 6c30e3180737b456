// Judges a task by its result: a word that Keptn does not know, or an unreadable result, is not a pass.
import { isStructure } from "../json/exact-json.ts";
import { quote } from "../yaml/scalars.ts";
import type { TaskResult } from "./result.ts";
import type { TaskReport } from "./task-report.ts";

/** go-utils, pkg/common/... ResultType and StatusType. */
const results = ["pass", "warning", "fail"] as const;
const statuses = ["succeeded", "errored", "unknown", "aborted"] as const;

export const resultOf = (word: unknown) => results.find((known) => known === word) ?? "pass";

export const statusOf = (word: unknown) => statuses.find((known) => known === word) ?? "succeeded";

/** @returns the report, turned into a failure if the result has a verdict that Keptn would not understand */
export const judgeResult = (report: TaskReport, result: TaskResult | undefined): TaskReport => {
  const why = report.passed && result ? flawsOf(result).join(" ") : "";
  return why === "" ? report : { ...report, passed: false, why };
};

const flawsOf = (result: TaskResult): string[] => {
  if (result.kind === "unreadable") {
    const { line, column } = result.lostAt;
    return [`its result (KEPTN_RESULT) is not in UTF-8 (line ${line}, column ${column}). Write it in UTF-8.`];
  }
  if (result.kind === "broken")
    return [`its result (KEPTN_RESULT) ${result.why}, so it is unknown whether the task passed.`];
  return result.kind === "data" ? [...flawOf("result", result.data), ...flawOf("status", result.data)] : [];
};

const known = { result: results, status: statuses } as const;

const flawOf = (field: keyof typeof known, data: Readonly<Record<string, unknown>>): string[] => {
  const word = data[field];
  if (!Object.hasOwn(data, field) || known[field].some((name) => name === word)) return [];
  const said = typeof word === "string" ? quote(word) : isStructure(word) ? "not a word" : JSON.stringify(word);
  const names = `${known[field].slice(0, -1).join(", ")} and ${known[field].at(-1)}`;
  return [`the ${field} in its KEPTN_RESULT is ${said}; only ${names} are valid.`];
};
