// The problems that a config's author should see for a plan.
import type { ParsedJobConfig } from "../../lib/core/config/parse.ts";
import type { Plan } from "../../lib/core/plan/plan.ts";
import { byPlace, distinct, type Problem } from "../../lib/core/problem.ts";
import { explainConfig } from "../lint/lint.ts";

/** All problems of the config, including those that start-job does not check, and those of this event. */
export const explainPlan = (plan: Plan, parsed: ParsedJobConfig): readonly Problem[] => {
  const ofThisEvent = plan.problems.filter((problem) => !parsed.problems.includes(problem));
  return distinct([...explainConfig(parsed), ...ofThisEvent]).sort(byPlace);
};
