// Starts the runs of one event: first prepares them, then touches the timer, creates all Jobs, and announces the runs.
import type { KeptnEvent } from "../lib/core/event/keptn-event.ts";
import type { Job } from "../lib/core/kubernetes.ts";
import type { RunPlan } from "../lib/core/plan/run-plan.ts";
import { type DeliveryResult, done } from "../lib/host/delivery-result.ts";
import { catchPermanent, IoError } from "../lib/io-error.ts";
import type { Timer } from "../lib/kubernetes/ports.ts";
import { nowMs } from "../lib/run/ports.ts";
import { waitForAll } from "../lib/wait-for-all.ts";
import { checkRedelivery, isFresh, type Redelivery } from "./check-redelivery.ts";
import { type CreatedRun, createJobs } from "./create-jobs.ts";
import { withJobWatch } from "./ensure-job-watch.ts";
import {
  creatingMs,
  findJobsOf,
  listJobsOf,
  mayCreateMore,
  namespacesOfPlan,
  reconcileExisting,
} from "./event-jobs.ts";
import { assertInTime } from "./in-time.ts";
import type { StartJobPorts } from "./ports.ts";
import { type RefusedRuns, refuseRuns } from "./refuse.ts";
import { isWhole, keepFiles, type PreparedRun, prepareRun, type RefusedRun, refuseRun, startRun } from "./start-run.ts";

/**
 * @param given.isPinned whether every delivery of the event makes the same plan. Then, for a fresh event, creating the first Job reveals an
 * earlier delivery. Otherwise the Jobs are listed, since an earlier plan may start with another Job.
 * @throws IoError: a redelivery continues from the existing state
 */
export const startRuns = async (
  ports: StartJobPorts,
  event: KeptnEvent,
  { planned, isPinned }: PlannedRuns,
): Promise<DeliveryResult> => {
  const lookedMs = nowMs(ports);
  const jobs = await listEarlierJobs(ports, event, { planned, isPinned });
  if (!mayCreateMore(ports, { event, jobs, runs: planned })) return reconcileExisting(ports, event, jobs);
  const prepared = await catchPermanent(() => prepare(ports, event, { planned, hasJobs: jobs.length > 0 }));
  if ("refusal" in prepared) {
    const why = prepared.refusal.message;
    const works = planned.map((plan) => refuseRun(ports, plan, { event, why }));
    await refuseAll(ports, event, { planned, works, owner: false });
    return done(why);
  }
  const { runs, touchedAt } = prepared.done;
  const lookAgain = !isPinned && nowMs(ports) - lookedMs >= creatingMs;
  const start = () => startPrepared(ports, { event, planned, earlier: jobs, lookAgain, ...prepared.done });
  return withJobWatch(ports, { plans: runs.map(({ plan }) => plan), touchedAt }, start);
};

interface PlannedRuns {
  readonly planned: readonly RunPlan[];
  readonly isPinned: boolean;
}

/** A fresh event's first Job is also found by its name, so a namespace that cannot be listed does not delay the event. */
const listEarlierJobs = async (ports: StartJobPorts, event: KeptnEvent, { planned, isPinned }: PlannedRuns) => {
  if (!isFresh(ports, event)) return listJobsOf(ports, event, namespacesOfPlan(planned));
  return isPinned ? [] : (await findJobsOf(ports, event, namespacesOfPlan(planned))).jobs;
};

interface Prepared {
  readonly event: KeptnEvent;
  readonly planned: readonly RunPlan[];
  /** Jobs of the event that were there before. */
  readonly earlier: readonly Job[];
  readonly runs: readonly PreparedRun[];
  readonly partiallyReported: readonly RunPlan[];
  readonly askedAt: Date;
  readonly touchedAt: Date;
  readonly lookAgain: boolean;
}

const startPrepared = async (ports: StartJobPorts, prepared: Prepared): Promise<DeliveryResult> => {
  const { event, planned, earlier, runs, partiallyReported, askedAt, touchedAt, lookAgain } = prepared;
  const created = await createJobs(ports, {
    ...{ event, planned, earlier, runs: runs.flatMap(({ plan, refused }) => (refused === undefined ? [plan] : [])) },
    inTime: () => assertInTime(ports, { event, askedAt, touchedAt }),
    lookAgain,
  });
  if (created.kind === "planned-before") return reconcileExisting(ports, event, created.jobs);
  const ofPlan = new Map(runs.map((run) => [run.plan, run]));
  const begin = async (one: CreatedRun): Promise<RefusedRun | undefined> => {
    if (one.refused !== undefined)
      return refuseRun(ports, one.plan, { event, created: one.created, why: one.refused, isFirst: created.isFirst });
    await startRun(ports, one, { event, announced: ofPlan.get(one.plan)?.announced ?? false });
    return undefined;
  };
  const able = created.runs.filter(({ refused }) => refused === undefined);
  const keep = async (one: CreatedRun) => {
    const files = ofPlan.get(one.plan)?.files ?? new Map();
    return { one, ...(await catchPermanent(() => keepFiles(ports, one, files))) };
  };
  const withoutFiles = (await waitForAll(able.map(keep))).flatMap((kept) => ("refusal" in kept ? [kept] : []));
  const works = [
    ...created.runs.filter((run) => !withoutFiles.some(({ one }) => one === run)).map(begin),
    ...runs.flatMap(({ plan, refused }) =>
      refused === undefined ? [] : [refuseRun(ports, plan, { event, why: refused, isFirst: created.isFirst })],
    ),
    ...partiallyReported.map((plan) => refuseRun(ports, plan, { event, why: reportedBefore })),
  ];
  await refuseAll(ports, event, { planned, works, owner: able.every(isWhole) });
  // The sweep takes up the runs without files, and reports that their pods cannot start. The other runs do not wait for that.
  if (withoutFiles[0]) throw withoutFiles[0].refusal;
  return done(runs.length > 0 ? `${runs.length} runs` : "Keptn no longer waits for it");
};

/** Runs without a Job are answered last: no `.finished` may be sent before the other runs are announced. @throws IoError */
const refuseAll = async (
  ports: StartJobPorts,
  event: KeptnEvent,
  { works, ...given }: Omit<RefusedRuns, "refused"> & { works: readonly Promise<RefusedRun | undefined>[] },
): Promise<void> => {
  const settled = await Promise.allSettled(works);
  const refused = settled.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
  const answers = refused.length > 0 ? [refuseRuns(ports, event, { ...given, refused })] : [];
  await waitForAll<unknown>([...works, ...answers]);
};

const reportedBefore = "its event was already answered when it first arrived.";

/**
 * Does everything before the first Job is created. Files come first, since they may take a while: Keptn's count must be recent when the
 * Jobs are created, and the touch of the timer even more so.
 */
const prepare = async (
  ports: StartJobPorts,
  event: KeptnEvent,
  { planned, hasJobs }: { readonly planned: readonly RunPlan[]; readonly hasJobs: boolean },
): Promise<Pick<Prepared, "runs" | "partiallyReported" | "askedAt" | "touchedAt">> => {
  const prepared = await Promise.all(planned.map((run) => prepareRun(ports, run)));
  const askedAt = ports.clock.now();
  const redeliveries = await checkRedelivery(ports, event, { runs: planned, hasJobs });
  const those = <T>(of: readonly T[], wanted: Redelivery): T[] => of.filter((_, i) => redeliveries[i] === wanted);
  const runs: PreparedRun[] = [
    ...those(prepared, "new"),
    ...those(prepared, "announced").map((run) => ({ ...run, announced: true })),
  ];
  const now = ports.clock.now();
  const touchedAt = runs.length > 0 ? await touch(ports.timer, now) : now;
  return { runs, partiallyReported: those(planned, "partially-reported"), askedAt, touchedAt };
};

const touch = async (timer: Timer, now: Date): Promise<Date> => {
  const touched = await catchPermanent(() => timer.touch(now));
  if ("done" in touched) return touched.done;
  const message = `cannot start runs without the sweep's timer: ${touched.refusal.message}`;
  throw new IoError(message, { retryable: false, cause: touched.refusal });
};
