// All that is wrong with a job config, before anybody commits it.
import { byPlace, type ParsedJobConfig, parseJobConfig } from "./config/parse.ts";
import { explainFromJes } from "./from-jes/explain.ts";
import { lintIntent } from "./intent/lint-intent.ts";
import { checkRules, type Rules } from "./job/rules.ts";
import { toProblem } from "./job/task-problem.ts";
import type { Problem } from "./problem.ts";

export interface LintOptions {
  readonly allowPrivilegedJobs: boolean;
  /** Notes on what runs differently than with JES 0.3.0. */
  readonly fromJes?: boolean;
}

/** Errors and warnings, then notes. Of the operator's rules it knows only whether privileged tasks are allowed. */
export const lintJobConfig = (
  text: string,
  file: string,
  { allowPrivilegedJobs, fromJes = false }: LintOptions,
): readonly Problem[] => {
  const parsed = parseJobConfig(text, file);
  const { config, at } = parsed;
  const rules = { ...noRules, ALLOW_PRIVILEGED_JOBS: allowPrivilegedJobs };
  const refused = (config?.actions ?? []).flatMap((action, actionIndex) =>
    action.tasks.flatMap((task, taskIndex) => {
      const place = { action: action.name, actionIndex, task: task.name, taskIndex, at };
      return checkRules(task, rules).map((problem) => toProblem(problem, place));
    }),
  );
  return [...explainConfig(parsed), ...refused, ...(fromJes ? explainFromJes(parsed) : [])];
};

/** All that can be said of a config without an event: its problems, and what is surely not what its author meant. */
export const explainConfig = (parsed: ParsedJobConfig): readonly Problem[] => {
  const intent = lintIntent(parsed);
  const impossible = intent.filter(({ code }) => code === "impossible-event-name").map(({ at }) => at?.line);
  // A name that fits nothing is not loose.
  const isLoose = ({ code, at }: Problem) => code === "loose-event-name" && impossible.includes(at?.line);
  return [...parsed.problems.filter((problem) => !isLoose(problem)), ...intent].sort(byPlace);
};

const noRules: Rules = {
  ALLOWED_IMAGE_LIST: [],
  ALLOW_PRIVILEGED_JOBS: false,
  ALLOWED_NAMESPACES: ["*"],
  ALLOWED_SERVICE_ACCOUNTS: [],
  JOB_NAMESPACE: "",
  JOB_SECURITY_CONTEXT: {},
};
