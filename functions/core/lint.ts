// All that is wrong with a job config, before anybody commits it.
import { parseJobConfig } from "./config/parse.ts";
import { explainFromJes } from "./from-jes/explain.ts";
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
  const { config, problems, at } = parsed;
  const rules = { ...noRules, ALLOW_PRIVILEGED_JOBS: allowPrivilegedJobs };
  const refused = (config?.actions ?? []).flatMap((action, actionIndex) =>
    action.tasks.flatMap((task, taskIndex) => {
      const place = { action: action.name, actionIndex, task: task.name, taskIndex, at };
      return checkRules(task, rules).map((problem) => toProblem(problem, place));
    }),
  );
  return [...problems, ...refused, ...(fromJes ? explainFromJes(parsed) : [])];
};

const noRules: Rules = {
  ALLOWED_IMAGE_LIST: [],
  ALLOW_PRIVILEGED_JOBS: false,
  ALLOWED_NAMESPACES: ["*"],
  ALLOWED_SERVICE_ACCOUNTS: [],
  JOB_NAMESPACE: "",
  JOB_SECURITY_CONTEXT: {},
};
