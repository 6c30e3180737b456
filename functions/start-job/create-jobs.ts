// Creates the suspended Jobs of all runs of an event. The first Job is the lock. Nothing is announced before all of them exist.
import type { KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import { reportedRuns } from "../lib/core/plan/first-plan.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { IoError } from "../lib/io-error.ts";
import type { ReconcilePorts } from "../lib/run/ports.ts";
import { listJobsOf, mayCreateMore, namespacesOfPlan } from "./event-jobs.ts";

export interface Creation {
  readonly event: KeptnEvent;
  /** All runs of this plan. */
  readonly planned: readonly RunPlan[];
  /** The planned runs whose Jobs are to be created. */
  readonly runs: readonly RunPlan[];
  /** Jobs of the event that were there before. Runs that were reported get no Jobs again: those that never ran are deleted by then. */
  readonly earlier: readonly Job[];
  /** Called before each request. @throws IoError when it is too late to create Jobs */
  readonly inTime: () => void;
  /** The event's Jobs were listed some time ago: another plan may have started since. */
  readonly lookAgain: boolean;
}

export type Created =
  | {
      readonly kind: "created";
      readonly runs: readonly CreatedRun[];
      /** This delivery created the event's first Job. */
      readonly isFirst: boolean;
    }
  /** Some or all Jobs exist already, by this or another plan: no more may be created. */
  | { readonly kind: "planned-before"; readonly jobs: readonly Job[] };

export interface CreatedRun {
  readonly plan: RunPlan;
  /** As the API server returned them, without those that existed before. */
  readonly created: readonly Job[];
  /** Why Kubernetes permanently refused one of its Jobs; undefined: it did not. */
  readonly refused?: string;
}

/** @throws IoError when a Job was neither created nor permanently refused */
export const createJobs = async (
  ports: ReconcilePorts,
  { event, planned, runs, earlier, inTime, lookAgain }: Creation,
): Promise<Created> => {
  let reported = reportedRuns(earlier);
  const isDue = ({ plan }: Planned): boolean => !reported.has(plan.runId);
  const [first, ...others] = runs.flatMap((plan) => plan.jobs.map((job) => ({ plan, job }))).filter(isDue);
  if (!first) return { kind: "created", runs: runs.map((plan) => outcomeOf(plan, [])), isFirst: false };
  const findEarlier = async (): Promise<Created | undefined> => {
    const jobs = await listJobsOf(ports, event, namespacesOfPlan(planned));
    reported = reportedRuns(jobs);
    return mayCreateMore(ports, { event, jobs, runs: planned }) ? undefined : { kind: "planned-before", jobs };
  };
  // If the first Job of another plan was refused, its other Jobs exist without a lock that this plan would find.
  const before = lookAgain ? await findEarlier() : undefined;
  if (before) return before;
  inTime();
  const lock = await create(ports, first);
  const found = lock.answer === "exists" || lock.refusal ? await findEarlier() : undefined;
  if (found) return found;
  if (lock.fault !== undefined) throw lock.fault;
  const missing = others.filter(isDue);
  if (missing.length > 0) inTime();
  const attempts = [lock, ...(await Promise.all(missing.map((one) => create(ports, one))))];
  const isFirst = lock.answer !== undefined && lock.answer !== "exists";
  return { kind: "created", runs: runs.map((plan) => outcomeOf(plan, attempts)), isFirst };
};

interface Planned {
  readonly plan: RunPlan;
  readonly job: Job;
}

interface Attempt {
  readonly plan: RunPlan;
  readonly answer?: Job | "exists";
  readonly refusal?: IoError;
  readonly fault?: unknown;
}

const create = async (ports: ReconcilePorts, { plan, job }: Planned): Promise<Attempt> => {
  try {
    return { plan, answer: await ports.jobs.create(job) };
  } catch (fault) {
    return fault instanceof IoError && !fault.retryable ? { plan, refusal: fault } : { plan, fault };
  }
};

/** One refused Job means the run is refused, regardless of its other Jobs. */
const outcomeOf = (plan: RunPlan, attempts: readonly Attempt[]): CreatedRun => {
  const own = attempts.filter((attempt) => attempt.plan === plan);
  const refusal = own.find((attempt) => attempt.refusal)?.refusal;
  const failed = own.find((attempt) => attempt.fault !== undefined);
  if (failed && !refusal) throw failed.fault;
  const created = own.flatMap(({ answer }) => (answer && answer !== "exists" ? [answer] : []));
  return { plan, created, ...(refusal ? { refused: refusal.message } : {}) };
};
