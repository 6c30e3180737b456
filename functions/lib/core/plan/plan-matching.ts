// Plans the actions that an event starts. An action that is broken or forbidden by a rule does not stop the others.
import { runIdOf, type Sibling } from "../annotations/annotations.ts";
import type { ParsedAction } from "../config/parse-actions.ts";
import type { Action } from "../config/schema.ts";
import { errorsIn, hasErrors, type Problem, renderProblems } from "../problem.ts";
import { type ActionInput, maxPlanBytes, planAction } from "./plan-action.ts";
import type { RunPlan } from "./run-plan.ts";

export interface Matching extends ParsedAction {
  /** Index in the config. */
  readonly index: number;
  readonly name: string;
  /** undefined: its run sends no events. */
  readonly source: string | undefined;
}

export type MatchingInput = Pick<ActionInput, "event" | "document" | "configHash" | "settings" | "at">;

export interface PlannedRuns {
  /** One per action. A run that cannot start has no Jobs, unless none of them can start. */
  readonly runs: readonly RunPlan[];
  readonly problems: readonly Problem[];
}

export const planMatching = (matching: readonly Matching[], input: MatchingInput): PlannedRuns => {
  const { runs, problems } = planEach(matching, input);
  const isBroken = (index: number) => hasErrors(problems[index] ?? []);
  const all = problems.flat();
  // The limit applies to all of them together, so all are refused.
  const isTooMuch = all.some(({ code }) => code === "jobs-too-large");
  if (isTooMuch)
    return { runs: runs.map((run) => ({ ...run, jobs: [], refused: renderProblems(all) })), problems: all };
  if (!matching.some((_, index) => isBroken(index))) return { runs, problems: all };
  const judged = matching.map((one, index) => ({ ...one, errors: errorsIn(problems[index] ?? []) }));
  return { runs: planEach(judged, input).runs, problems: all };
};

interface Each {
  readonly runs: readonly RunPlan[];
  /** One list per run. */
  readonly problems: readonly (readonly Problem[])[];
}

const planEach = (matching: readonly Matching[], input: MatchingInput): Each => {
  const orders = ordersOf(matching);
  const parties = matching.map((one, index) => partyOf(one, input, orders[index] ?? 0));
  let room = maxPlanBytes;
  const planned = matching.map((one, index) => {
    const order = orders[index] ?? 0;
    if (!one.action || one.errors.length > 0) return { run: refusedRun(one, input, order), problems: one.errors };
    const siblings = parties.flatMap((party, other) => (party && other !== index ? [party] : []));
    const given = { action: one.action, index: one.index, source: one.source, order, siblings };
    const made = planAction({ ...input, ...given, room });
    room -= made.bytes;
    return made;
  });
  return { runs: planned.map(({ run }) => run), problems: planned.map(({ problems }) => problems) };
};

/** Actions that can run come first, so the first Job of an event always has the same name. */
const ordersOf = (matching: readonly Matching[]): readonly number[] => {
  const runsFirst = [...matching].sort((a, b) => Number(a.errors.length > 0) - Number(b.errors.length > 0));
  return matching.map((one) => runsFirst.indexOf(one));
};

/** A run as its siblings record it; undefined: it sends no events. */
const partyOf = (
  { action, errors, name, source }: Matching,
  input: MatchingInput,
  order: number,
): Sibling | undefined => {
  const tasks: Action["tasks"] = errors.length > 0 ? [] : (action?.tasks ?? []);
  const namespaces = [...new Set(tasks.map(({ namespace }) => namespace || input.settings.JOB_NAMESPACE))];
  return source === undefined ? undefined : { runId: runIdOf(input.event.id, order), action: name, source, namespaces };
};

const refusedRun = (
  { name, source, errors }: Matching,
  { event, settings }: MatchingInput,
  order: number,
): RunPlan => ({
  runId: runIdOf(event.id, order),
  action: name,
  silent: source === undefined,
  source: source ?? settings.KEPTN_SOURCE,
  jobs: [],
  refused: renderProblems(errors),
});
