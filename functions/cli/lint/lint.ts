// Everything that is wrong with a job config, before it is committed.
import { lintIntent } from "../../lib/core/config/intent/lint-intent.ts";
import { type ParsedJobConfig, parseJobConfig } from "../../lib/core/config/parse.ts";
import type { Plan } from "../../lib/core/plan/plan.ts";
import { toProblem } from "../../lib/core/plan/task-problem.ts";
import { openLists } from "../../lib/core/policy/open-lists.ts";
import { checkRules, type Rules } from "../../lib/core/policy/rules.ts";
import { byPlace, distinct, type Problem } from "../../lib/core/problem.ts";
import { explainFromJes } from "../migrate/jes-compat/explain.ts";
import { defaultSettings } from "../settings.ts";

export interface LintOptions {
  readonly allowPrivilegedJobs: boolean;
  /** Rules of the installation where the config will run; if absent, only those that no setting can change apply. */
  readonly rules?: Rules;
  /** Add notes on what differs from JES 0.3.0. */
  readonly fromJes?: boolean;
}

/** Errors and warnings, then notes. */
export const lintJobConfig = (
  text: string,
  file: string,
  { allowPrivilegedJobs, rules: known = noRules(), fromJes = false }: LintOptions,
): readonly Problem[] => {
  const parsed = parseJobConfig(text, file);
  const { actions, at } = parsed;
  const rules = { ...known, ALLOW_PRIVILEGED_JOBS: allowPrivilegedJobs || known.ALLOW_PRIVILEGED_JOBS };
  const ruled = (actions ?? []).flatMap(({ action }, actionIndex) =>
    (action?.tasks ?? []).flatMap((task, taskIndex) => {
      const place = { action: action?.name ?? "", actionIndex, task: task.name, taskIndex, at };
      return checkRules(task, rules).map((problem) => toProblem(problem, place));
    }),
  );
  // With `fromJes`, notes say what these warnings would.
  return [...explainConfig(parsed), ...(fromJes ? [...ruled.filter(isError), ...explainFromJes(parsed)] : ruled)];
};

/** All problems of a config that do not depend on an event, including valid settings that its author cannot have meant. */
const explainConfig = (parsed: ParsedJobConfig): readonly Problem[] => {
  const intent = lintIntent(parsed);
  const impossible = intent.filter(({ code }) => code === "impossible-event-name").map(({ at }) => at?.line);
  // A name that matches nothing is not loose.
  const isLoose = ({ code, at }: Problem) => code === "loose-event-name" && impossible.includes(at?.line);
  return [...parsed.problems.filter((problem) => !isLoose(problem)), ...intent].sort(byPlace);
};

/** For a plan: those of the config, and those of its event. */
export const explainPlan = (plan: Plan, parsed: ParsedJobConfig): readonly Problem[] => {
  const ofThisEvent = plan.problems.filter((problem) => !parsed.problems.includes(problem));
  return distinct([...explainConfig(parsed), ...ofThisEvent]).sort(byPlace);
};

const isError = ({ severity }: Problem): boolean => severity === "error";

const noRules = (): Rules => ({
  ...defaultSettings(),
  ...openLists,
  ALLOWED_NAMESPACES: ["*"],
  JOB_NAMESPACE: "",
  JOB_SECURITY_CONTEXT: {},
  POD_SECURITY_CONTEXT: {},
});
