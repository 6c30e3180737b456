// Separates valid actions from broken ones, so that a broken action does not stop the others.
import { distinct, type Problem } from "../problem.ts";
import type { Flaw, Tree } from "../yaml/tree.ts";
import { type Action, type JobConfig, jobConfigSchema } from "./schema.ts";

export interface ParsedAction {
  /** Absent if it has errors. */
  readonly action?: Action;
  readonly errors: readonly Problem[];
}

export const wholeActions = ({ actions }: JobConfig): ParsedAction[] =>
  actions.map((action) => ({ action, errors: [] }));

/**
 * @param errors all errors of the config
 * @returns undefined if an error is not inside an action: it may affect all of them
 */
export const actionsOf = (tree: Tree, errors: readonly Flaw[]): ParsedAction[] | undefined => {
  if (errors.some((flaw) => indexOf(flaw) === undefined)) return undefined;
  const all = (tree as { actions: Tree[] }).actions.map((action, index) => ({
    tree: action,
    errors: distinct(errors.filter((flaw) => indexOf(flaw) === index).map(({ problem }) => problem)),
  }));
  const whole = all.filter((one) => one.errors.length === 0);
  const parsed = jobConfigSchema.safeParse({ ...(tree as object), actions: whole.map((one) => one.tree) });
  return all.map((one) => {
    const action = parsed.data?.actions[whole.indexOf(one)];
    return { ...(action ? { action } : {}), errors: one.errors };
  });
};

const indexOf = ({ path: [list, index] }: Flaw): number | undefined =>
  list === "actions" && typeof index === "number" ? index : undefined;
