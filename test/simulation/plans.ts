// Which plan of an event counts: the first one with a Job, whatever the config becomes.
import type { Job } from "../../functions/lib/core/kubernetes.ts";
import { type EventFacts, isLoud, newLife, type RunFacts } from "./facts.ts";
import { planOf } from "./scenario.ts";

/**
 * A Job was created.
 * @param isAlone its event has no other Job
 * @returns the runs of the plan that counts from now on; undefined: that plan counted before
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
    // Removed despite their finalizers: nothing remembers the plan.
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

/** The first plan counts, but its config changed before all of its Jobs existed: the missing runs are reported as errored. */
export const isCut = ({ plan, plans, runs }: EventFacts): boolean =>
  plan === 0 && plans.length > 1 && runs.some(({ action, created }) => created < action.fates.length);

/** While there was no Job, any of the plans may have been reported. */
export const plansToJudge = ({ plan, plans, runs }: EventFacts): readonly (readonly RunFacts[])[] =>
  plan === undefined ? plans : [runs];
