// Which plan of an event counts: the first one of which a Job is created, whatever its config becomes.
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { type EventFacts, isLoud, newLife, type RunFacts } from "./facts.ts";
import { planOf } from "./scenario.ts";

/**
 * A Job is created.
 * @param isAlone no other Job of its event is there
 * @returns the runs of the plan that counts from now on; undefined: its own plan does already
 */
export const adoptPlan = (event: EventFacts, job: Job): readonly RunFacts[] | undefined => {
  const plan = planOf(job);
  const before = event.runs;
  const runs = event.plans[plan];
  const isAnew = event.plan !== undefined;
  event.plan = plan;
  if (!runs || runs === before) return undefined;
  event.runs = runs;
  for (const run of runs) {
    const same = before.find((one) => isLoud(one) && isLoud(run) && one.source === run.source);
    if (isAnew) run.life = newLife(run.life.number + 1);
    // Past their finalizers: nothing remembers that there was a plan.
    run.vanished ||= isAnew && before.some(({ vanished }) => vanished);
    if (!same) continue;
    run.started += same.started;
    run.startedCounted += same.startedCounted;
    run.finished += same.finished;
    run.unseen ||= same.unseen;
    if (same.firstFinishedMs !== undefined) run.firstFinishedMs ??= same.firstFinishedMs;
  }
  return runs;
};

/** The first plan counts, and its config changed before all of its Jobs were there: what is missing is answered as errored. */
export const isCut = ({ plan, plans, runs }: EventFacts): boolean =>
  plan === 0 && plans.length > 1 && runs.some(({ action, created }) => created < action.fates.length);

/** As long as there was no Job, any of them may have been answered. */
export const plansToJudge = ({ plan, plans, runs }: EventFacts): readonly (readonly RunFacts[])[] =>
  plan === undefined ? plans : [runs];
