// The problems that a config's author should see for a plan.
import type { ParsedJobConfig } from "./config/parse.ts";
import { explainConfig } from "./lint.ts";
import type { Plan } from "./plan.ts";
import { byPlace, distinct, type Problem } from "./problem.ts";

/** All problems of the config, including those that start-job does not check, and those of this event. */
export const explainPlan = (plan: Plan, parsed: ParsedJobConfig): readonly Problem[] => {
  const ofThisEvent = plan.problems.filter((problem) => !parsed.problems.includes(problem));
  return distinct([...explainConfig(parsed), ...ofThisEvent]).sort(byPlace);
};
