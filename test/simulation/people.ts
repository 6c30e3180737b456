// What people do to runs: delete their Jobs, even despite the finalizer, and abort their sequences.
import { label } from "../../functions/lib/core/annotations/annotations.ts";
import type { KeptnEvent } from "../../functions/lib/core/event/keptn-event.ts";
import { skewed } from "./chance.ts";
import type { EventFacts } from "./facts.ts";
import { refOf } from "./job-store.ts";
import type { World } from "./world.ts";

export const disturb = (world: World, facts: EventFacts, triggered: KeptnEvent): void => {
  const { chance, scheduler, keptn, tell } = world;
  const spot = chance.at(facts.name);
  const soon = (what: string, act: () => void): void =>
    scheduler.after(skewed(spot.roll(`${what} when`), 0, 150_000), act);
  const pick = () => {
    const runIds = facts.runs.map(({ id }) => id);
    return world.store.list(({ metadata }) => runIds.includes(metadata?.labels?.[label.run] ?? ""));
  };
  if (spot.mishap("jobDeleted")) soon("a Job is deleted", () => deleteOne(world, facts, pick()));
  if (spot.mishap("runDeleted"))
    soon("all Jobs are deleted", () => {
      facts.disturbed = true;
      tell(() => `somebody deletes all Jobs of ${facts.name}`);
      for (const job of pick()) remove(world, job);
    });
  if (spot.mishap("jobRemovedByForce")) soon("a Job is removed by force", () => removeByForce(world, facts, pick()));
  if (spot.mishap("aborted"))
    soon("it is aborted", () => {
      [facts.disturbed, facts.aborted] = [true, true];
      tell(() => `somebody aborts the sequence of ${facts.name}`);
      keptn.abort(triggered);
    });
};

type Jobs = ReturnType<World["store"]["list"]>;

const deleteOne = (world: World, facts: EventFacts, jobs: Jobs): void => {
  const { chance, tell } = world;
  const job = jobs[Math.floor(chance.at(facts.name).roll("which Job") * jobs.length)];
  if (!job) return;
  facts.disturbed = true;
  tell(() => `somebody deletes ${job.metadata?.name?.slice(-7)}`);
  remove(world, job);
};

/** Including the namespace. */
export const deleteByPerson = (world: World, job: Jobs[number]): void => {
  const run = world.checks.runOf(job);
  if (run) run.event.disturbed = true;
  remove(world, job);
};

const remove = ({ store, checks }: World, job: Jobs[number]): void => {
  checks.deleted(job);
  store.delete(refOf(job));
  if (!store.find(refOf(job))) checks.gone(job, { alone: false, by: "person" });
};

const removeByForce = ({ chance, store, checks, tell }: World, facts: EventFacts, jobs: Jobs): void => {
  const job = jobs[Math.floor(chance.at(facts.name).roll("which Job by force") * jobs.length)];
  if (!job) return;
  facts.disturbed = true;
  tell(() => `somebody removes ${job.metadata?.name?.slice(-7)} past its finalizer`);
  const alone = store.listRun(job.metadata?.labels?.[label.run] ?? "").length === 1;
  store.removeByForce(refOf(job));
  checks.gone(job, { alone, by: "force" });
};
